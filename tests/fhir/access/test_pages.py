"""Searches of several pages: followed on the server that was asked, up to a limit, never elsewhere."""

import socket
from dataclasses import replace

import pytest
from requests import Request

from cds_service.fhir.access.lines import Line
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.access.trouble import NotFetched
from tests.fhir.access.errands import LIMITS, NOT_ALL_READ, NOT_REACHABLE, QUERIES, Asker, call_to, ids, reasons
from tests.fhir.access.scripted import Heard, always, bundle, condition, fhir, http, scripted

PAGES = 7


def _book(heard: Heard) -> list[bytes]:
    """Pages 1 to 7, a condition on each."""
    number = int(heard.target.partition("page=")[2] or 1)
    following = f"/fhir/r4?page={number + 1}" if number < PAGES else ""
    return [fhir(bundle(condition(f"c{number}"), following=following))]


def test_all_pages_are_read() -> None:
    with scripted(_book) as server, Asker(server.origin, limits=replace(LIMITS, pages=PAGES)) as asker:
        fetched = asker.fetch(call_to(server.base))
        assert {heard.headers["authorization"] for heard in server.heard} == {"Bearer planted-token-7hK2"}
    assert ids(fetched, "conditions") == ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
    assert fetched.failed == {}


def test_pages_beyond_the_limit_are_said_to_be_missing() -> None:
    with scripted(_book) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
        assert len(server.heard) == 5
    assert ids(fetched, "conditions") == ["c1", "c2", "c3", "c4", "c5"]
    assert fetched.failed == {"conditions": NOT_ALL_READ}
    assert "more pages" in reasons(fetched)


def test_a_page_that_comes_after_itself_ends() -> None:
    with always(fhir(bundle(condition("c1"), following="?page=1"))) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_ALL_READ}
        assert len(server.heard) == 5


def test_a_page_that_fails_leaves_those_before_it() -> None:
    with (
        scripted(lambda heard: [http(500)] if "page=3" in heard.target else _book(heard)) as server,
        Asker(server.origin) as asker,
    ):
        fetched = asker.fetch(call_to(server.base))
    assert ids(fetched, "conditions") == ["c1", "c2"]
    assert fetched.failed == {"conditions": NOT_ALL_READ}
    assert "error of its own" in reasons(fetched)


@pytest.mark.parametrize("listed", [False, True])
def test_a_page_on_another_server_is_not_read_even_if_that_is_listed(listed: bool) -> None:
    with always(fhir(bundle())) as other:
        page = fhir(bundle(condition("c1"), following=f"{other.base}?page=2"))
        with always(page) as server, Asker(server.origin, *([other.origin] if listed else [])) as asker:
            fetched = asker.fetch(call_to(server.base))
        assert other.connections == 0
    assert ids(fetched, "conditions") == ["c1"]
    assert fetched.failed == {"conditions": NOT_ALL_READ}
    assert "another address" in reasons(fetched)


@pytest.mark.parametrize(
    "link",
    [
        "http://user:secret@{host}/fhir/r4?page=2",
        "//evil.example/fhir?page=2",
        "http://{host}.evil.example/fhir?page=2",
        "http://evil.example\\@{host}/",
        "https://{host}/fhir/r4?page=2",
        "ftp://{host}/fhir/r4?page=2",
        "http://[",
        "http://{host}\ud800/fhir/r4?page=2",
    ],
)
def test_a_link_that_only_looks_like_the_server_is_not_followed(link: str) -> None:
    with scripted(lambda _: [fhir(bundle(condition("c1"), following=linked))]) as server:
        linked = link.replace("{host}", server.origin.removeprefix("http://"))
        with Asker(server.origin) as asker:
            assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_ALL_READ}
        assert len(server.heard) == 1


def test_further_pages_of_what_the_client_sent_are_read() -> None:
    with scripted(_book) as server, Asker(server.origin, limits=replace(LIMITS, pages=PAGES)) as asker:
        sent = bundle(condition("c4"), following=f"{server.base}?page=5")
        fetched = asker.fetch(call_to(server.base, {"conditions": sent}))
    assert (ids(fetched, "conditions"), fetched.failed) == (["c5", "c6", "c7"], {})


def test_further_pages_may_be_named_below_the_base_of_the_server() -> None:
    with scripted(_book) as server, Asker(server.origin) as asker:
        sent = bundle(condition("c5"), following="Condition?page=6")
        asker.fetch(call_to(server.base, {"conditions": sent}))
        assert [heard.target for heard in server.heard] == ["/fhir/r4/Condition?page=6", "/fhir/r4?page=7"]


def test_the_page_that_the_client_sent_counts() -> None:
    with scripted(_book) as server, Asker(server.origin, limits=replace(LIMITS, pages=2)) as asker:
        sent = bundle(condition("c1"), following=f"{server.base}?page=2")
        fetched = asker.fetch(call_to(server.base, {"conditions": sent}))
    assert (ids(fetched, "conditions"), fetched.failed) == (["c2"], {"conditions": NOT_ALL_READ})


def test_if_no_further_page_can_be_read_the_first_is_not_all() -> None:
    with always(http(503)) as server, Asker(server.origin) as asker:
        sent = bundle(condition("c1"), following=f"{server.base}?page=2")
        fetched = asker.fetch(call_to(server.base, {"conditions": sent}))
    assert (fetched.resources, fetched.failed) == ({"conditions": ()}, {"conditions": NOT_ALL_READ})


def test_further_pages_elsewhere_are_not_read() -> None:
    with always(fhir(bundle())) as other, always(fhir(bundle())) as server, Asker(server.origin) as asker:
        sent = bundle(condition("c1"), following=f"{other.base}?page=2")
        fetched = asker.fetch(call_to(server.base, {"conditions": sent}))
        assert (other.connections, server.connections) == (0, 0)
    assert fetched.failed == {"conditions": NOT_ALL_READ}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        bundle(),
        bundle(condition("c1")),
        {"resourceType": "OperationOutcome", "issue": []},
        {"resourceType": "Condition", "id": "c1", "link": [{"relation": "next", "url": "?page=2"}]},
        "text",
    ],
)
def test_what_the_client_sent_is_not_asked_for_again(sent: object) -> None:
    with always(fhir(bundle())) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base, {"conditions": sent}))
        assert server.connections == 0
    assert (fetched.resources, fetched.failed, fetched.set_aside) == ({}, {}, ())


def test_a_key_is_unknown_if_its_first_page_does_not_come() -> None:
    with always(http(500)) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base), QUERIES).failed == {"conditions": NOT_REACHABLE}


def test_a_line_takes_no_request_for_another_server() -> None:
    with always(fhir(bundle())) as other:
        line = Line(FhirServer("http://127.0.0.1:9", ""), socket.getaddrinfo, "")
        with pytest.raises(NotFetched, match="another address"):
            line.send(Request("GET", f"{other.base}/Condition").prepare(), 1)
        assert other.connections == 0
