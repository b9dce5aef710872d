"""The demo's one user signs in with the token in a file; others on the same machine see nothing of a patient."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.security.sign_in.local_token import AT_ONCE
from cds_service.settings import Settings
from tests.web.calls import URL, good_call

COOKIE = "calcification-cds-8081-session"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def token(stranger: FlaskClient, settings: Settings) -> str:
    """What stands in the file that the demo made."""
    assert stranger is not None
    return Path(settings.local_token_file).read_text("ascii").strip()


def test_the_address_with_the_token_signs_in_and_leads_to_one_without(stranger: FlaskClient, token: str) -> None:
    answer = stranger.get("/sign-in", query_string={"token": token, "next": "/audit/looks"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/audit/looks")
    assert token not in answer.text
    assert {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }
    assert stranger.get("/audit/looks").status_code == 200


def test_the_token_can_be_pasted(stranger: FlaskClient, token: str) -> None:
    form = stranger.get("/sign-in", query_string={"next": "/audit/looks"}).text
    assert '<input type="hidden" name="next" value="/audit/looks">' in form
    answer = stranger.post("/sign-in", data={"token": f" {token}\n", "next": "/audit/looks"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/audit/looks")


@pytest.mark.parametrize("wrong", ["", "wrong", "\u00fc", "a" * 43])
def test_a_wrong_token_signs_nobody_in(wrong: str, stranger: FlaskClient) -> None:
    assert stranger.get("/sign-in", query_string={"token": wrong}).status_code == 403
    answer = stranger.post("/sign-in", data={"token": wrong})
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert stranger.get_cookie(COOKIE) is None


def test_guessing_is_held_back(stranger: FlaskClient, token: str) -> None:
    statuses = [stranger.post("/sign-in", data={"token": "wrong"}).status_code for _ in range(AT_ONCE + 1)]
    assert statuses == [403] * AT_ONCE + [429]
    assert stranger.post("/sign-in", data={"token": token}).status_code == 429


def test_a_page_of_another_site_cannot_send_the_form(stranger: FlaskClient, token: str) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert stranger.post("/sign-in", data={"token": token}, headers=foreign).status_code == 403


@pytest.mark.parametrize("trick", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"])
@pytest.mark.parametrize("way", ["address", "form"])
def test_a_sign_in_never_leads_elsewhere(way: str, trick: str, stranger: FlaskClient, token: str) -> None:
    said = {"token": token, "next": trick}
    answer = stranger.get("/sign-in", query_string=said) if way == "address" else stranger.post("/sign-in", data=said)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_signing_out_ends_the_session_and_not_only_its_cookie(client: FlaskClient) -> None:
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signed-out")
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, kept.value)
    assert client.get("/audit/looks").status_code == 401


def test_who_is_signed_out_already_may_sign_out_again(stranger: FlaskClient) -> None:
    assert stranger.post("/sign-out").headers["Location"] == "/signed-out"
    assert "You are signed out" in stranger.get("/signed-out").text


def test_the_first_page_is_open_and_shows_calls_only_to_who_is_signed_in(
    client: FlaskClient, stranger: FlaskClient
) -> None:
    client.post(URL, json=good_call())
    page = stranger.get("/", headers=PAGE)
    assert page.status_code == 200
    assert "curl -s" in page.text
    assert "/calls/call-1" not in page.text
    assert 'href="/sign-in"' in page.text
    assert "/calls/call-1" in client.get("/").text


def test_the_page_of_a_call_asks_for_a_sign_in(client: FlaskClient, stranger: FlaskClient) -> None:
    client.post(URL, json=good_call())
    assert stranger.get("/calls/call-1").status_code == 401
    assert stranger.get("/calls/call-1", headers=PAGE).headers["Location"] == "/sign-in?next=%2Fcalls%2Fcall-1"
