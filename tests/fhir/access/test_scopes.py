"""SMART scopes of both versions: what they let be read, what be searched, and what of it may be hidden."""

import pytest

from cds_service.fhir.access.scopes import Leave, read_scopes
from tests.fhir.access.errands import (
    BOTH,
    NOT_ALL_READ,
    NOT_PERMITTED,
    PATIENT_QUERY,
    Asker,
    call_to,
    ids,
    reasons,
)
from tests.fhir.access.scripted import PATIENT, Heard, bundle, condition, fhir, scripted

NONE, FILTERED, WHOLE = Leave.NONE, Leave.FILTERED, Leave.WHOLE


@pytest.mark.parametrize(
    ("text", "read", "search"),
    [
        ("", WHOLE, WHOLE),
        ("  ", WHOLE, WHOLE),
        ("user/Observation.read", WHOLE, WHOLE),
        ("patient/Observation.read", WHOLE, WHOLE),
        ("system/Observation.read", WHOLE, WHOLE),
        ("user/*.read", WHOLE, WHOLE),
        ("user/*.*", WHOLE, WHOLE),
        ("patient/Observation.*", WHOLE, WHOLE),
        ("user/Observation.write", NONE, NONE),
        ("user/Condition.read", NONE, NONE),
        ("user/Observation.rs", WHOLE, WHOLE),
        ("user/Observation.r", WHOLE, NONE),
        ("user/Observation.s", NONE, WHOLE),
        ("system/*.cruds", WHOLE, WHOLE),
        ("user/Observation.cud", NONE, NONE),
        ("user/Observation.sr", NONE, NONE),
        ("user/Observation.", NONE, NONE),
        ("user/Observation.rs?category=laboratory", FILTERED, FILTERED),
        ("user/Observation.rs?category=http://x.example/c|laboratory", FILTERED, FILTERED),
        ("user/Observation.rs?category=laboratory user/Observation.rs", WHOLE, WHOLE),
        ("user/Observation.rs?category=laboratory user/*.r", WHOLE, FILTERED),
        ("user/Observation.r?", NONE, NONE),
        ("user/Observation.read?category=laboratory", NONE, NONE),
        ("user/observation.read", NONE, NONE),
        ("user/Observation.READ", NONE, NONE),
        ("user/Obs*.read", NONE, NONE),
        ("practitioner/Observation.read", NONE, NONE),
        ("openid fhirUser launch/patient offline_access", NONE, NONE),
        ("openid user/Observation.rs launch", WHOLE, WHOLE),
        ("user/Observation.read,user/Condition.read", NONE, NONE),
        ("user/Observation.read\tuser/Condition.read\n", WHOLE, WHOLE),
    ],
)  # fmt: skip
def test_a_scope_gives_leave_to_read_to_search_or_neither(text: str, read: Leave, search: Leave) -> None:
    scopes = read_scopes(text, patient_named=True)
    assert (scopes.leave("Observation", "r"), scopes.leave("Observation", "s")) == (read, search)


@pytest.mark.parametrize(
    ("text", "leave"), [("patient/*.read", NONE), ("patient/*.rs", NONE), ("patient/*.read user/*.read", WHOLE)]
)
def test_patient_scopes_count_only_for_the_patient_whom_the_token_names(text: str, leave: Leave) -> None:
    assert read_scopes(text, patient_named=False).leave("Observation", "s") is leave


def _chart(heard: Heard) -> list[bytes]:
    return [fhir(PATIENT if "Patient/" in heard.target else bundle(condition("c1")))]


def test_what_no_scope_covers_is_not_asked() -> None:
    with scripted(_chart) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base, scope="user/Patient.r user/Condition.r"), BOTH)
        assert server.targets() == ["Patient/p1"]
    assert (ids(fetched, "patient"), fetched.failed) == (["p1"], {"conditions": NOT_PERMITTED})
    assert "no scope" in reasons(fetched)


def test_what_a_narrow_scope_finds_is_not_all_though_a_single_resource_is_whole() -> None:
    scope = "user/Patient.rs?active=true user/Condition.rs?category=problem-list-item"
    with scripted(_chart) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base, scope=scope), BOTH)
    assert (ids(fetched, "patient"), ids(fetched, "conditions")) == (["p1"], ["c1"])
    assert fetched.failed == {"conditions": NOT_ALL_READ}


def test_a_client_that_names_no_scope_is_asked_to_know() -> None:
    with scripted(_chart) as server, Asker(server.origin) as asker:
        assert asker.fetch(call_to(server.base, scope=None), PATIENT_QUERY).failed == {}
