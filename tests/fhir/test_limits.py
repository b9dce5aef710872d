"""How much of a call is read: what is beyond a limit is set aside with its reason, and does not read as absent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.core.facts import HistoryFact, Missing, SetAside, State
from cds_service.errors import InvalidRequest
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.draft import read_draft
from cds_service.fhir.html import text_of_html
from cds_service.fhir.limited_texts import LONGEST_TEXT, MOST_CHARACTERS, LimitedTexts
from cds_service.fhir.report import report_text
from cds_service.fhir.request import MOST_REPORTS, read_call
from cds_service.fhir.resources import MOST_KEYS, MOST_OBSERVATIONS, MOST_OF_A_TYPE, receive
from tests.contract.calls import HOOK, bundle, call
from tests.fhir.test_report import form
from tests.scenarios.asking import CONTENT

Json = dict[str, Any]


def chart_of(prefetch: Json) -> Chart:
    read = CONTENT.vocabulary.read_history
    return read_chart(
        read_call(call(prefetch=prefetch), "s", HOOK),
        CONTENT.labs,
        CONTENT.history,
        datetime(2026, 1, 2, tzinfo=UTC),
        read,
    )


def reasons(set_aside: tuple[SetAside, ...]) -> str:
    return "; ".join(f"{item.resource} ({item.count}): {item.reason}" for item in set_aside)


def resource(kind: str, **more: Any) -> Json:
    return {"resourceType": kind, "subject": {"reference": "Patient/example"}, **more}


def pth(number: float) -> Json:
    return {"code": {"text": "PTH"}, "valueQuantity": {"value": number, "unit": "pg/mL"}}


@pytest.mark.parametrize(("kind", "most"), [("Condition", MOST_OF_A_TYPE), ("Observation", MOST_OBSERVATIONS)])
def test_so_many_resources_of_a_type_are_read_and_the_list_is_then_not_whole(kind: str, most: int) -> None:
    received = receive({"some": bundle(*[{"resourceType": kind}] * (most + 1))}, {})
    assert len(list(received.of(kind))) == most
    assert received.missing("some") is Missing.NOT_ALL_READ
    assert "more of its type came than are read" in reasons(received.set_aside)


def test_a_list_that_was_cut_denies_nothing() -> None:
    entries = [resource("Condition", code={"text": "eczema"})]
    assert "conditions" in chart_of({"conditions": bundle(*entries)}).history_lists
    assert "conditions" not in chart_of({"conditions": bundle(*entries * (MOST_OF_A_TYPE + 1))}).history_lists


def test_prefetch_keys_beyond_all_use_are_counted() -> None:
    received = receive({f"k{number}": None for number in range(MOST_KEYS + 7)}, {})
    assert len(received.keys) == MOST_KEYS
    assert "prefetch (7): more than 1000 keys were sent" in reasons(received.set_aside)


def test_types_that_nobody_reads_take_no_room() -> None:
    received = receive(
        {"x": bundle(*({"resourceType": f"T{chr(97 + n % 26) * (n // 26 + 1)}"} for n in range(900)))}, {}
    )
    assert (dict(received.by_type), len(received.set_aside)) == ({}, 201)
    assert sum(item.count for item in received.set_aside) == 900


def test_chart_text_is_read_up_to_a_limit_and_no_list_is_whole_then() -> None:
    burn = resource("Condition", code={"text": "burn of the hand"})
    filler = resource("Condition", code={"text": "x" * LONGEST_TEXT})
    chart = chart_of({"conditions": bundle(burn, *[filler] * (MOST_CHARACTERS // LONGEST_TEXT), burn)})
    assert "burn" in chart.history
    assert chart.history_lists == frozenset()
    assert "the chart holds more text than is read" in reasons(chart.set_aside)


def test_texts_are_read_while_there_is_room_and_then_no_more() -> None:
    asked: list[str] = []

    def read(text: str, resource: str) -> tuple[HistoryFact, ...]:
        asked.append(text)
        return (HistoryFact("burn", State.PRESENT, text, resource),)

    texts = LimitedTexts(read)
    assert texts("y" * LONGEST_TEXT, "Condition/1")
    assert texts.set_aside == ()
    assert texts("z" * (LONGEST_TEXT + 1), "Condition/2")
    assert [len(text) for text in asked] == [LONGEST_TEXT, LONGEST_TEXT]
    assert reasons(texts.set_aside).startswith("history (1)")
    for _ in range(MOST_CHARACTERS):
        texts("", "Condition/3")
    assert texts("burn", "Condition/4") == ()
    assert len(asked) < MOST_CHARACTERS // 100 + 2


def test_a_panel_of_hundreds_is_read_in_part_and_said_to_be() -> None:
    panel = resource("Observation", id="panel", status="final", code={"text": "panel"}, component=[pth(9)] * 300)
    chart = chart_of({"x": bundle(panel)})
    assert "pth" in chart.labs
    assert "Observation/panel (100): it has more than 200 components" in reasons(chart.set_aside)


def test_ranges_by_the_hundred_are_none() -> None:
    ranged = {**pth(50), "referenceRange": [{"low": {"value": 20}, "high": {"value": 60}}]}
    few, many = (
        chart_of({"x": bundle(resource("Observation", status="final", **{**ranged, "referenceRange": ranges}))})
        for ranges in (ranged["referenceRange"], ranged["referenceRange"] * 51)
    )
    assert few.labs["pth"].range != many.labs["pth"].range


def test_conditions_of_relatives_are_read_up_to_a_limit() -> None:
    brother = {
        "resourceType": "FamilyMemberHistory",
        "patient": {"reference": "Patient/example"},
        "relationship": {"text": "brother"},
        "condition": [{"code": {"text": "eczema"}}] * 2_010,
    }
    assert "FamilyMemberHistory (10): more conditions of relatives" in reasons(
        chart_of({"family": bundle(brother)}).set_aside
    )


@pytest.mark.parametrize(("count", "refused"), [(MOST_REPORTS, False), (MOST_REPORTS + 1, True)])
def test_a_call_signs_so_many_reports(count: int, refused: bool) -> None:
    body = call()
    drafts = body["context"]["draftReports"]
    drafts["entry"] *= count
    if not refused:
        assert read_call(body, "s", HOOK).context["draftReports"] == drafts
        return
    with pytest.raises(InvalidRequest, match="more than 20 DiagnosticReports"):
        read_call(body, "s", HOOK)


def test_attachments_are_read_up_to_a_limit() -> None:
    read = report_text({"presentedForm": [form(f"Mass number {number}.") for number in range(25)]})
    assert read.text.count("Mass number") == 20
    assert "presentedForm holds more than 20 attachments" in reasons(read.set_aside)


def test_a_report_is_read_to_fifty_thousand_characters() -> None:
    read = report_text({"conclusion": "Calcified mass. " * 10_000})
    assert len(read.text) == 50_000
    assert "conclusion goes beyond 50 thousand characters" in reasons(read.set_aside)


class Counted(dict[str, Any]):
    """An Observation that counts how often its id is looked at."""

    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        Counted.looks += key == "id"
        return super().get(key, default)


def test_each_contained_result_is_looked_at_once_however_many_the_report_names() -> None:
    Counted.looks = 0
    contained = [Counted(resourceType="Observation", id=f"o{number}") for number in range(500)]
    report = {"result": [{"reference": f"#o{number}"} for number in range(500)], "contained": contained}
    read_draft(report, (), CONTENT.reader, CONTENT.own_sentence)
    assert Counted.looks < 500 * 8


def test_each_medicine_that_is_referred_to_is_found_without_a_search() -> None:
    medicines = [Counted(resourceType="Medication", id=f"m{number}", code={"text": "x"}) for number in range(300)]
    taken = [resource("MedicationRequest", medicationReference={"reference": f"Medication/m{n}"}) for n in range(300)]
    Counted.looks = 0
    chart_of({"medications": bundle(*medicines, *taken)})
    assert Counted.looks < 300 * 8


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Mass <a title='x > y'>calcified</a></p>", "Mass calcified"),
        ("Mass < 3 cm, not > 5 cm", "Mass < 3 cm, not > 5 cm"),
        ("<p>Mass<!-- hidden --> seen<!-- never closed", "Mass seen<!-- never closed"),
        ("<![CDATA[Mass < 3 cm]]> seen", "Mass < 3 cm seen"),
        ("<!DOCTYPE html><?xml version='1.0'?><p>Mass</p>", "Mass"),
        ("<![ mass", "<![ mass"),
        ("<script>if (a < b) calcified()</script>Mass", "Mass"),
        ("<style>p { calcified }", ""),
        ("<P>Mass<BR>seen</P>", "Mass\nseen"),
        ("&#x4d;ass &amp; &#77;ass &unknown; &", "Mass & Mass &unknown; &"),
        (f"&#{'1' * 6000};", "\ufffd"),
        ('<p title="never closed>Mass</p>', "Mass"),
        ("<del/>Mass<br/>seen", "Mass\nseen"),
        ("\u212a<script>x</script>Mass", "\u212aMass"),
    ],
)
def test_html_is_read_whatever_is_wrong_with_it(html: str, text: str) -> None:
    assert text_of_html(html) == text
