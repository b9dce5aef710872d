"""A sign-in leads to a page of our own: addresses that browsers read as another host's lead to the first page."""

import pytest

from cds_service.security.sign_in.own_path import own_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/calls/1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "/audit/looks?person=Ada%20L&before=7",
        "/audit#top",
        "/a//b",
        "/@b",
    ],
)
def test_a_path_of_ours_stays_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "trick",
    [
        "",
        "audit",
        "https://evil.example",
        "HTTPS://evil.example/calls",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        " /audit",
        "/audit\r\nSet-Cookie: a=b",
        "/au dit",
        "/\x00",
        "/\x7f",
        "/\u2028",
        "/\uff0fevil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:/evil.example",
        "http:evil.example",
        "?next=//evil.example",
        "#//evil.example",
        "@evil.example",
        ".evil.example",
        "/" + "a" * 1000,
        "/sign-in",
        "/sign-in?next=/audit",
        "/sign-in/callback?code=a",
        "/sign-out",
    ],
)
def test_a_trick_leads_to_the_first_page(trick: str) -> None:
    assert own_path(trick) == "/"
