"""Properties of replay: whatever the facts, in whatever manner, the record gives the same cards again."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given
from hypothesis import strategies as st

from cds_service.audit.given import ReadReport, read_again
from cds_service.core.cards import Source
from cds_service.core.facts import Facts
from cds_service.decision import Asked, decide
from cds_service.fhir.outgoing import CallIdentity, Subject
from cds_service.hooks import SERVICES
from tests.properties.generated import ASKED_LABS, REGIONS, facts, steady
from tests.replay.alike import without_hash
from tests.scenarios.asking import CONTENT, DOMAIN

Json = dict[str, Any]

sources = st.builds(Source, st.sampled_from(["", "CT of the hip"]), st.sampled_from(["", "2026-01-01"]), st.just("R/1"))
regions = st.none() | st.frozensets(st.sampled_from(REGIONS), max_size=3)
reasons = st.sampled_from(["", "", "", "its category is not imaging"])


@st.composite
def read_reports(draw: st.DrawFn) -> ReadReport:
    """A report of any hook, as it was read."""
    report = {"resourceType": "DiagnosticReport", "id": draw(st.sampled_from(["", "r1", "r2"])), "status": "final"}
    held: Facts = draw(facts())
    return ReadReport(report, held, draw(reasons), "", draw(st.none() | sources), draw(regions))


def bytes_of(body: Json) -> str:
    """The body as it is kept, without the hash of what a client sent."""
    kept: Json = json.loads(json.dumps(body))
    return json.dumps({**kept, "cards": [without_hash(card) for card in kept["cards"]]})


@steady(150)
@given(st.lists(read_reports(), min_size=1, max_size=3), st.sampled_from(list(SERVICES.values())), st.data())
def test_the_record_gives_the_same_cards_again(reports: list[ReadReport], service: Any, data: st.DataObject) -> None:
    ordered = data.draw(st.frozensets(st.sampled_from(ASKED_LABS), max_size=3))
    earlier = data.draw(st.lists(st.sampled_from(["", "", "call-1"]), min_size=len(reports), max_size=len(reports)))
    ids = CallIdentity(uuid5(NAMESPACE_URL, "call"), DOMAIN, "http://127.0.0.1:8080")
    asked = Asked(service.manner, ordered, Subject("p1", ""), ids)
    body = decide(CONTENT, asked, reports, lambda place, _judged: earlier[place]).body()
    kept = json.loads(json.dumps(body))
    again = decide(
        CONTENT,
        asked,
        map(read_again, kept["reports"]),
        lambda place, _judged: kept["reports"][place].get("given", {}).get("earlier", ""),
    ).body()
    assert bytes_of(again) == bytes_of(body)
