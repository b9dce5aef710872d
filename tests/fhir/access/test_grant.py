"""A token is used for its call, its patient, its server and its time, or not at all, and the record says why."""

from typing import Any

import pytest

from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer, listed
from cds_service.fhir.fetched import NOTHING_FETCHED
from tests.fhir.access.errands import PATIENT_QUERY, TOKEN, Asker, Stopwatch, call_to, ids, reasons
from tests.fhir.access.scripted import PATIENT, always, fhir


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"token_type": "MAC"}, "type Bearer"),
        ({"token_type": None}, "type Bearer"),
        ({"token_type": ["Bearer"]}, "type Bearer"),
        ({"access_token": None}, "form of a Bearer token"),
        ({"access_token": ""}, "form of a Bearer token"),
        ({"access_token": 7}, "form of a Bearer token"),
        ({"access_token": "two words"}, "form of a Bearer token"),
        ({"access_token": "a\r\nX-Other: b"}, "form of a Bearer token"),
        ({"access_token": "töken"}, "form of a Bearer token"),
        ({"access_token": "x" * 8193}, "form of a Bearer token"),
        ({"expires_in": 0}, "has expired"),
        ({"expires_in": 2}, "has expired"),
        ({"expires_in": -300}, "has expired"),
        ({"expires_in": "300"}, "lifetime"),
        ({"expires_in": True}, "lifetime"),
        ({"subject": "another-service"}, "another service"),
        ({"subject": None}, "another service"),
        ({"subject": ["calcification"]}, "another service"),
        ({"patient": "p2"}, "another patient"),
        ({"patient": "Patient/p2"}, "another patient"),
        ({"patient": ""}, "another patient"),
        ({"patient": {"id": "p1"}}, "another patient"),
        ({"scope": ["user/*.read"]}, "scope of the token is no text"),
    ],
)
def test_a_token_that_is_not_for_this_call_is_not_used(changed: dict[str, Any], words: str) -> None:
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        call = call_to(server.base)
        call.raw["fhirAuthorization"].update(changed)
        for name in [name for name, value in changed.items() if value is None]:
            del call.raw["fhirAuthorization"][name]
        fetched = asker.fetch(call, PATIENT_QUERY)
        assert server.connections == 0
    assert (fetched.resources, fetched.failed) == ({}, {})
    (told,) = fetched.set_aside
    assert told.resource == "FHIR server"
    assert words in told.reason
    assert told.reason.endswith("so nothing was fetched")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"token_type": "bearer"},
        {"access_token": "x" * 8192},
        {"access_token": "eyJ.a-b_c~d+e/f="},
        {"expires_in": 3},
        {"expires_in": 10**30},
        {"expires_in": None},
        {"patient": "Patient/p1"},
        {"patient": None},
        {"subject": "calcification", "other": [1]},
    ],
)
def test_a_token_for_this_call_is_used(changed: dict[str, Any]) -> None:
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        assert ids(asker.fetch(call_to(server.base, **changed), PATIENT_QUERY), "patient") == ["p1"]
        expected = changed.get("access_token", TOKEN)
        assert server.heard[0].headers["authorization"] == f"Bearer {expected}"


def test_whose_token_it_is_is_checked_where_the_server_knows_us_by_an_id() -> None:
    with always(fhir(PATIENT)) as server, Asker() as asker:
        asker.servers = (FhirServer(server.origin, client_id=""),)
        fetched = asker.fetch(call_to(server.base, subject=None), PATIENT_QUERY)
    assert ids(fetched, "patient") == ["p1"]


@pytest.mark.parametrize("authorization", [None, "absent"])
def test_without_a_token_nothing_is_asked_and_nothing_said(authorization: object) -> None:
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        call = call_to(server.base)
        if authorization is None:
            call.raw["fhirAuthorization"] = None  # type: ignore[index]
        else:
            del call.raw["fhirAuthorization"]  # type: ignore[attr-defined]
        assert asker.fetch(call, PATIENT_QUERY) == NOTHING_FETCHED
        assert server.connections == 0


def test_without_a_server_nothing_is_asked_and_nothing_said() -> None:
    with Asker() as asker:
        assert asker.fetch(call_to(""), PATIENT_QUERY) == NOTHING_FETCHED


def test_where_nothing_is_lacking_it_does_not_matter_which_server_the_call_names() -> None:
    with Asker() as asker:
        assert asker.fetch(call_to("https://evil.example", {"patient": PATIENT}), PATIENT_QUERY) == NOTHING_FETCHED


def test_a_server_that_is_not_listed_is_not_asked() -> None:
    with always(fhir(PATIENT)) as server, Asker("https://fhir.example.org") as asker:
        fetched = asker.fetch(call_to(server.base), PATIENT_QUERY)
        assert server.connections == 0
    assert (fetched.resources, fetched.failed) == ({}, {})
    assert reasons(fetched) == "it is not on this client's list, so nothing was fetched"


def test_production_asks_over_https_only() -> None:
    access = FhirAccess(AccessLimits(), Stopwatch(), production=True)
    with always(fhir(PATIENT)) as server:
        servers = (FhirServer(server.origin, "calcification"),)
        fetched = access.fetch(call_to(server.base), PATIENT_QUERY, servers, 0)
        assert server.connections == 0
    assert "not reached over https" in reasons(fetched)


@pytest.mark.parametrize(
    ("base", "allowed"),
    [
        ("https://fhir.example.org", True),
        ("https://fhir.example.org/", True),
        ("https://fhir.example.org/fhir/r4/tenant-7/", True),
        ("https://FHIR.example.org/r4", True),
        ("https://fhir.example.org:443/r4", True),
        ("http://fhir.example.org/r4", False),
        ("https://fhir.example.org:8443/r4", False),
        ("https://fhir.example.org./r4", False),
        ("https://fhir.example.org.evil.example/r4", False),
        ("https://evil.example/https://fhir.example.org/", False),
        ("https://evil.example#https://fhir.example.org/", False),
        ("https://fhir.example.org@evil.example/r4", False),
        ("https://user:secret@fhir.example.org/r4", False),
        ("https://evil.example\\@fhir.example.org/r4", False),
        ("https://fhir.example.org/r4?x=1", False),
        ("https://fhir.example.org/r4#x", False),
        ("https://fhir.exa\tmple.org/r4", False),
        ("https://fhir.example.org/r 4", False),
        ("https://fhir.example.örg/r4", False),
        ("https://fhir.example.org:99999/r4", False),
        ("https://[fhir.example.org/r4", False),
        ("//fhir.example.org/r4", False),
        ("fhir.example.org", False),
        ("file:///etc/passwd", False),
        ("https://fhir.example.org/" + "x" * 2000, False),
        ("", False),
    ],
)  # fmt: skip
def test_a_base_url_is_allowed_by_its_exact_origin(base: str, allowed: bool) -> None:
    server = FhirServer("https://fhir.example.org", "calcification")
    assert listed(base, [FhirServer("https://other.example.org", ""), server]) is (server if allowed else None)
