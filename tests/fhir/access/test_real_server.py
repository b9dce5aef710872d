"""A whole FHIR R4 server is asked for all that the service's own templates name."""

from typing import Any

import requests

from cds_service.core.facts import Missing
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.fetched import Fetched
from cds_service.fhir.prefetch import prefetch_templates
from cds_service.fhir.resources import receive
from tests.fhir.access.errands import NOT_PERMITTED, Asker, call_to, ids
from tests.fhir.access.patients import PHOSPHATES
from tests.fhir.access.scripted import Heard, http, scripted
from tests.fhir.access.sekmet import TOKEN, FhirTestServer
from tests.fhir.charts import history, labs

PHOSPHATE = "Observation?patient={{context.patientId}}&code=http://loinc.org|2777-1&_sort=-date&_count=4"
NEWEST_FIRST = [f"phosphate-{month}" for month in range(PHOSPHATES, 0, -1)]
RADIOLOGY = [
    "DiagnosticReport?patient={{context.patientId}}&category=http://loinc.org|LP29684-5",
    "DiagnosticReport?patient={{context.patientId}}&category=http://terminology.hl7.org/CodeSystem/v2-0074|RAD",
]


def _fetch(server: FhirTestServer, queries: dict[str, list[str]], **changed: Any) -> Fetched:
    with Asker(server.origin, limits=AccessLimits(deadline_ms=60_000, call_timeout_ms=60_000)) as asker:
        return asker.fetch(call_to(server.base, **{"access_token": TOKEN, **changed}), queries)


def test_all_that_the_service_asks_for_is_fetched(sekmet: FhirTestServer) -> None:
    templates = prefetch_templates(labs(), history())
    fetched = _fetch(sekmet, {key: [template] for key, template in templates.items()})
    assert (fetched.failed, fetched.set_aside) == ({}, ())
    assert set(fetched.resources) == set(templates)
    received = receive({}, {}, fetched)
    assert [held.resource["id"] for held in received.of("Patient")] == ["p1"]
    assert {held.resource["id"] for held in received.of("Observation")} == {*NEWEST_FIRST, "calcium", "magnesium"}
    assert [held.resource["id"] for held in received.of("Condition")] == ["kidney"]
    assert received.keys["family"] is Missing.NONE_ON_FILE


def test_a_search_of_several_pages_is_read_in_its_order(sekmet: FhirTestServer) -> None:
    fetched = _fetch(sekmet, {"phosphate": [PHOSPHATE]})
    assert len(fetched.resources["phosphate"]) == 3
    assert ids(fetched, "phosphate") == NEWEST_FIRST


def test_a_list_of_codes_finds_each(sekmet: FhirTestServer) -> None:
    several = "Observation?patient={{context.patientId}}&code=http://loinc.org|17861-6,http://loinc.org|19123-9"
    assert sorted(ids(_fetch(sekmet, {"labs": [several]}), "labs")) == ["calcium", "magnesium"]


def test_radiology_reports_are_found_by_either_category(sekmet: FhirTestServer) -> None:
    assert sorted(ids(_fetch(sekmet, {"radiology": RADIOLOGY}), "radiology")) == ["by-loinc", "by-v2"]


def test_a_token_that_the_server_does_not_know_leaves_everything_unknown(sekmet: FhirTestServer) -> None:
    fetched = _fetch(sekmet, {"patient": ["Patient/{{context.patientId}}"], "phosphate": [PHOSPHATE]}, access_token="x")
    assert fetched.failed == {"patient": NOT_PERMITTED, "phosphate": NOT_PERMITTED}


def test_a_patient_whom_the_server_does_not_know_could_not_be_read(sekmet: FhirTestServer) -> None:
    assert _fetch(sekmet, {"patient": ["Patient/nobody"]}).failed == {"patient": Missing.NOT_READABLE}


def test_a_posted_search_finds_the_same(sekmet: FhirTestServer) -> None:
    def gateway(heard: Heard) -> list[bytes]:
        """Refuses GET, and passes a form on as it came."""
        if heard.method == "GET":
            return [http(405)]
        passed_on = {name: heard.headers[name] for name in ("authorization", "content-type", "accept")}
        address = sekmet.origin + heard.target.replace("/fhir/r4", "/fhir")
        answer = requests.post(address, data=heard.body, headers=passed_on, timeout=60)
        return [http(answer.status_code, answer.content)]

    wanted = PHOSPHATE.replace("_count=4", "_count=50")
    with (
        scripted(gateway) as server,
        Asker(server.origin, limits=AccessLimits(deadline_ms=60_000, call_timeout_ms=60_000)) as asker,
    ):
        fetched = asker.fetch(call_to(server.base, access_token=TOKEN), {"phosphate": [wanted]})
        assert [heard.method for heard in server.heard] == ["GET", "POST"]
    assert ids(fetched, "phosphate") == NEWEST_FIRST
