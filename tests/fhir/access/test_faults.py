"""Whatever a FHIR server does, the call goes on, and a key says rightly why it is not there."""

import gzip
import json
from dataclasses import replace

import pytest

from cds_service.core.facts import Missing
from tests.fhir.access.errands import (
    LIMITS,
    NOT_ALL_READ,
    NOT_PERMITTED,
    NOT_REACHABLE,
    NOT_READABLE,
    PATIENT_QUERY,
    QUERIES,
    TOKEN,
    Asker,
    call_to,
    ids,
    reasons,
)
from tests.fhir.access.scripted import HANG_UP, PATIENT, always, bundle, condition, fhir, http, in_turn, scripted

FOUND = bundle(condition("c1"), condition("c2"))
RAW = json.dumps(FOUND).encode()
BOMB = gzip.compress(b'{"resourceType": "Bundle", "x": "' + b"0" * 3_000_000 + b'"}')
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


@pytest.mark.parametrize(
    ("pieces", "missing", "words"),
    [
        ([http(401)], NOT_PERMITTED, "refused access"),
        ([http(403, "{}")], NOT_PERMITTED, "refused access"),
        ([http(400)], NOT_READABLE, "does not understand"),
        ([http(404)], NOT_READABLE, "no such resource"),
        ([http(410)], NOT_READABLE, "no such resource"),
        ([http(204)], NOT_READABLE, "no such resource"),
        ([http(500, json.dumps(OUTCOME))], NOT_REACHABLE, "error of its own"),
        ([http(502)], NOT_REACHABLE, "error of its own"),
        ([http(503)], NOT_REACHABLE, "too busy"),
        ([http(429, Retry_After="soon")], NOT_REACHABLE, "too busy"),
        ([HANG_UP], NOT_REACHABLE, "broke off"),
        ([b"SSH-2.0-OpenSSH\r\n", HANG_UP], NOT_REACHABLE, "broke off"),
        ([b"HTTP/1.1 200 OK\r\nContent-", HANG_UP], NOT_READABLE, "damaged"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + RAW, HANG_UP], NOT_READABLE, "damaged"),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + RAW[:60], HANG_UP], NOT_READABLE, "damaged"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + RAW[:9], HANG_UP], NOT_READABLE, "damaged"),
        ([http(200, gzip.compress(RAW)[:30], Content_Encoding="gzip")], NOT_READABLE, "damaged"),
        ([http(200, RAW, Content_Encoding="gzip")], NOT_READABLE, "damaged"),
        ([http(200)], NOT_READABLE, "damaged"),
        ([http(200, b"\xff\xfe\x00garbage")], NOT_READABLE, "damaged"),
        ([http(200, "<html>Please sign in</html>", Content_Type="text/html")], NOT_READABLE, "damaged"),
        ([fhir([FOUND])], NOT_READABLE, "damaged"),
        ([fhir({"resourceType": 7})], NOT_READABLE, "damaged"),
        ([fhir(PATIENT)], NOT_READABLE, "not what was asked for"),
        ([fhir(bundle(type="history"))], NOT_READABLE, "not what was asked for"),
        ([fhir(OUTCOME)], NOT_READABLE, "reported a problem"),
        ([http(200, BOMB, Content_Encoding="gzip")], NOT_READABLE, "too large"),
        ([http(200, b" " * 2_100_000 + RAW)], NOT_READABLE, "too large"),
        ([http(302)], NOT_READABLE, "pointed to another address"),
        ([http(302, Location="http://[")], NOT_READABLE, "pointed to another address"),
        ([http(302, Location="file:///etc/passwd")], NOT_READABLE, "pointed to another address"),
        ([http(302, Location="/fhir/r4/Condition?again")], NOT_READABLE, "pointed to another address"),
    ],
)  # fmt: skip
def test_what_comes_instead_of_an_answer_is_unknown_and_told(pieces: list[bytes], missing: Missing, words: str) -> None:
    with always(*pieces) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert fetched.failed == {"conditions": missing}
    assert fetched.resources == {}
    assert words in reasons(fetched)
    assert reasons(fetched).endswith(": conditions")


def test_a_server_that_is_not_there_is_not_reachable() -> None:
    with always() as server:
        pass
    with Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_REACHABLE}


@pytest.mark.parametrize(
    "answer",
    [
        fhir(FOUND),
        fhir({**FOUND, "type": "collection"}),
        http(200, gzip.compress(RAW), Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + f"{len(RAW):x}\r\n".encode()
        + RAW
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + RAW,
    ],
)
def test_an_answer_is_read_in_every_form_that_http_has(answer: bytes) -> None:
    with always(answer, HANG_UP) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert (ids(fetched, "conditions"), fetched.failed, fetched.set_aside) == (["c1", "c2"], {}, ())


def test_an_answer_that_nests_without_end_loses_its_depths_only() -> None:
    deep = b'{"resourceType": "Bundle", "type": "searchset", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with always(http(200, deep)) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base)).failed == {}


def test_nothing_found_is_an_answer() -> None:
    with always(fhir(bundle(total=0))) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert (ids(fetched, "conditions"), fetched.failed) == ([], {})


def test_a_resource_is_read_by_its_address() -> None:
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(f"{server.base}/"), PATIENT_QUERY)
        assert server.targets() == ["Patient/p1"]
    assert ids(fetched, "patient") == ["p1"]


def test_what_is_read_has_to_be_of_the_type_that_was_asked_for() -> None:
    with always(fhir(condition("c1"))) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base), PATIENT_QUERY).failed == {"patient": NOT_READABLE}


def test_the_server_hears_who_asks_for_what_and_nothing_of_our_version() -> None:
    with always(fhir(FOUND)) as server, Asker(server.origin) as asker:
        asker.fetch(call_to(server.base))
        (heard,) = server.heard
    assert (heard.method, heard.target) == ("GET", "/fhir/r4/Condition?patient=p1&_count=200")
    del heard.headers["host"]
    assert heard.headers == {
        "authorization": f"Bearer {TOKEN}",
        "accept": "application/fhir+json",
        "accept-encoding": "gzip",
        "user-agent": "calcification-cds",
    }


@pytest.mark.parametrize("status", [405, 414, 431, 501])
def test_a_search_that_is_refused_as_get_is_posted(status: int) -> None:
    with in_turn(http(status), fhir(FOUND)) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
        posted = server.heard[1]
    assert ids(fetched, "conditions") == ["c1", "c2"]
    assert (posted.method, posted.target, posted.body) == (
        "POST",
        "/fhir/r4/Condition/_search",
        "patient=p1&_count=200",
    )
    assert posted.headers["content-type"] == "application/x-www-form-urlencoded"
    assert posted.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_posted_search_follows_no_redirect() -> None:
    with in_turn(http(405), http(307, Location="/fhir/r4/Condition")) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_READABLE}
        assert len(server.heard) == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "when",
    [
        {"Retry_After": "0"},
        {"Retry_After": "Fri, 27 Nov 2026 10:00:00 GMT", "Date": "Fri, 27 Nov 2026 10:00:00 GMT"},
        {"Retry_After": "Fri, 27 Nov 2026 09:00:00 GMT", "Date": "Fri, 27 Nov 2026 10:00:00 GMT"},
        {"Retry_After": "Fri, 27 Nov 2026 10:00:00 -0000", "Date": "Fri, 27 Nov 2026 10:00:00 GMT"},
    ],
)
def test_a_busy_server_is_asked_once_more_when_it_says_so(status: int, when: dict[str, str]) -> None:
    with in_turn(http(status, **when), fhir(FOUND)) as server, Asker(server.origin) as asker:
        assert ids(asker.fetch(call_to(server.base)), "conditions") == ["c1", "c2"]


def test_a_server_that_is_still_busy_is_left_alone() -> None:
    with always(http(503, Retry_After="0")) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_REACHABLE}
        assert len(server.heard) == 2


@pytest.mark.parametrize(
    "when",
    [
        {"Retry_After": "20"},
        {"Retry_After": "99999"},
        {"Retry_After": "-1"},
        {"Retry_After": "Fri, 27 Nov 2026 10:00:20 GMT", "Date": "Fri, 27 Nov 2026 10:00:00 GMT"},
        {"Retry_After": "Fri, 27 Nov 2026 10:00:00 GMT"},
    ],
)
def test_a_pause_beyond_the_deadline_is_not_waited_for(when: dict[str, str]) -> None:
    with always(http(429, **when)) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
        assert len(server.heard) == 1
    assert fetched.failed == {"conditions": NOT_REACHABLE}
    assert "too busy" in reasons(fetched)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_once(status: int) -> None:
    moved = http(status, Location="/fhir/r5/Condition?patient=p1")
    with in_turn(moved, fhir(FOUND)) as server, Asker(server.origin) as asker:
        assert ids(asker.fetch(call_to(server.base)), "conditions") == ["c1", "c2"]
        assert server.heard[1].target == "/fhir/r5/Condition?patient=p1"


@pytest.mark.parametrize("listed", [False, True])
def test_a_redirect_to_another_server_is_not_followed_even_if_that_is_listed(listed: bool) -> None:
    with (
        always(fhir(FOUND)) as other,
        always(http(302, Location=f"{other.base}/Condition")) as server,
        Asker(server.origin, *([other.origin] if listed else [])) as asker,
    ):
        assert asker.fetch(call_to(server.base)).failed == {"conditions": NOT_READABLE}
        assert (other.heard, other.connections) == ([], 0)


def test_connections_are_kept_from_call_to_call() -> None:
    with always(fhir(FOUND)) as server, Asker(server.origin) as asker:
        for _ in range(5):
            asker.fetch(call_to(server.base))
        assert (len(server.heard), server.connections) == (5, 1)


def test_a_kept_connection_that_the_server_has_closed_costs_no_answer() -> None:
    with always(fhir(FOUND), HANG_UP) as server, Asker(server.origin) as asker:
        answers = [ids(asker.fetch(call_to(server.base)), "conditions") for _ in range(3)]
        assert server.connections == 3
    assert answers == [["c1", "c2"]] * 3


def test_a_question_that_met_the_end_of_a_kept_connection_is_asked_again_over_a_new_one() -> None:
    with in_turn(fhir(FOUND), HANG_UP, fhir(FOUND)) as server, Asker(server.origin) as asker:
        answers = [ids(asker.fetch(call_to(server.base)), "conditions") for _ in range(2)]
        assert (len(server.heard), server.connections) == (3, 2)
    assert answers == [["c1", "c2"]] * 2


def test_a_cookie_is_not_sent_back() -> None:
    with always(fhir(FOUND, Set_Cookie="a=b; Path=/")) as server, Asker(server.origin) as asker:
        asker.fetch(call_to(server.base))
        asker.fetch(call_to(server.base))
        assert "cookie" not in server.heard[1].headers


def test_all_answers_of_a_call_together_have_a_limit() -> None:
    queries = {**QUERIES, "procedures": ["Procedure?patient={{context.patientId}}"]}
    whole = len(json.dumps(FOUND))
    with (
        always(fhir(FOUND)) as server,
        Asker(server.origin, limits=replace(LIMITS, total_bytes=2 * whole - 1, in_flight=1)) as asker,
    ):
        assert asker.fetch(call_to(server.base), queries).failed == {"procedures": NOT_READABLE}
        assert asker.fetch(call_to(server.base), QUERIES).failed == {}


def test_two_ways_to_ask_are_asked_both_and_what_both_find_counts_once() -> None:
    forms = {"radiology": ["DiagnosticReport?category=LP29684-5", "DiagnosticReport?category=v2-0074|RAD"]}
    found = {"LP29684-5": bundle(condition("c1"), condition("c2")), "v2-0074%7CRAD": bundle(condition("c2"))}
    with (
        scripted(lambda heard: [fhir(found[heard.target.partition("=")[2]])]) as server,
        Asker(server.origin) as asker,
    ):
        fetched = asker.fetch(call_to(server.base), forms)
    assert (sorted(ids(fetched, "radiology")), fetched.failed) == (["c1", "c2"], {})


def test_if_one_of_two_ways_fails_not_all_was_read() -> None:
    forms = {"radiology": ["DiagnosticReport?category=one", "DiagnosticReport?category=two"]}
    with (
        scripted(lambda heard: [http(400) if "one" in heard.target else fhir(FOUND)]) as server,
        Asker(server.origin) as asker,
    ):
        fetched = asker.fetch(call_to(server.base), forms)
    assert (ids(fetched, "radiology"), fetched.failed) == (["c1", "c2"], {"radiology": NOT_ALL_READ})
