"""Facts as plain JSON values and back, so that a recorded call can be judged again exactly as it was.

Quotes of the report are stored once and referred to by number: one clause often states several findings. What is not
there, or follows from the rest, is not stored; a record from before a field was added reads as one without it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from cds_service.core.facts import (
    Aside,
    Assertion,
    EarlierResult,
    Facts,
    Finding,
    HistoryFact,
    LabResult,
    Lesion,
    Missing,
    Outweighed,
    Patient,
    ReferenceRange,
    SetAside,
    Span,
    State,
)
from cds_service.core.quantity import Interval

Json = dict[str, Any]
Quotes = dict[tuple[str, int], int]
REPORT = "report"
_OF_REPORT = 3


def facts_to_json(facts: Facts) -> Json:
    """The facts as JSON values; numbers as text, so that no digit is lost."""
    quotes: Quotes = {}
    missing: dict[str, list[str]] = {}
    for lab, why in facts.missing_labs.items():
        missing.setdefault(str(why), []).append(lab)
    stored: Json = {
        "asOf": facts.as_of.isoformat(),
        "age": _text(facts.patient.age_years),
        "sex": facts.patient.sex,
        "labs": [_lab(result) for result in facts.labs.values()],
        "missing": missing,
        "history": [_history(fact) for fact in facts.history.values()],
        "lists": sorted(facts.history_lists),
        "lesions": [_lesion(lesion, quotes) for lesion in facts.lesions],
        "findings": [_finding(finding, quotes) for finding in facts.findings.values()],
        "setAside": [[item.resource, item.reason, item.count] for item in facts.set_aside],
    }
    if facts.asides:
        stored["asides"] = [_aside(aside, quotes) for aside in facts.asides]
    if facts.chart_gaps:
        stored["gaps"] = {part: str(why) for part, why in facts.chart_gaps.items()}
    return {**stored, "quotes": [quote for quote, _ in quotes], "quotesAt": [start for _, start in quotes]}


def facts_from_json(data: Mapping[str, Any]) -> Facts:
    """The facts that `facts_to_json` stored."""
    quotes = list(zip(data["quotes"], data.get("quotesAt") or [-1] * len(data["quotes"]), strict=True))
    return Facts(
        as_of=datetime.fromisoformat(data["asOf"]),
        patient=Patient(_number(data["age"]), data["sex"]),
        labs={item["lab"]: _lab_from(item) for item in data["labs"]},
        missing_labs={lab: Missing(why) for why, labs in data["missing"].items() for lab in labs},
        history={item[0]: HistoryFact(item[0], State(item[1]), *item[2:]) for item in data["history"]},
        history_lists=frozenset(data["lists"]),
        lesions=tuple(_lesion_from(item, quotes) for item in data["lesions"]),
        findings={item[0]: _finding_from(item, quotes) for item in data["findings"]},
        set_aside=tuple(SetAside(*item) for item in data["setAside"]),
        asides=tuple(_aside_from(item, quotes) for item in data.get("asides", ())),
        chart_gaps={part: Missing(why) for part, why in data.get("gaps", {}).items()},
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _lab(result: LabResult) -> Json:
    stored: Json = {
        "lab": result.lab,
        "value": None if result.value is None else _ends(result.value),
        "word": result.word,
        "range": None
        if result.range is None
        else [_text(result.range.low), _text(result.range.high), result.range.source],
        "sent": result.sent,
        "conversion": result.conversion,
        "effective": result.effective,
        "ageDays": result.age_days,
        "resource": result.resource,
        "series": [[earlier.effective, earlier.age_days, _ends(earlier.value)] for earlier in result.series],
        "unused": result.unused,
    }
    return {key: held for key, held in stored.items() if held not in (None, "", [])}


def _ends(value: Interval) -> list[Any]:
    return [_text(value.low), _text(value.high), value.low_open, value.high_open]


def _interval(ends: list[Any]) -> Interval:
    return Interval(_number(ends[0]), _number(ends[1]), ends[2], ends[3])


def _lab_from(data: Json) -> LabResult:
    value, limits = data.get("value"), data.get("range")
    return LabResult(
        lab=data["lab"],
        value=None if value is None else _interval(value),
        word=data.get("word"),
        range=None if limits is None else ReferenceRange(_number(limits[0]), _number(limits[1]), limits[2]),
        sent=data.get("sent", ""),
        conversion=data.get("conversion", ""),
        effective=data.get("effective", ""),
        age_days=data.get("ageDays"),
        resource=data.get("resource", ""),
        series=tuple(EarlierResult(day, age, _interval(ends)) for day, age, ends in data.get("series", ())),
        unused=data.get("unused", ""),
    )


def _history(fact: HistoryFact) -> list[Any]:
    told = [fact.concept, str(fact.state), fact.label, fact.resource, fact.onset, fact.age_days]
    return told if not fact.at_least and fact.ended is None else [*told, fact.at_least, fact.ended, fact.ended_days]


def _span(span: Span, quotes: Quotes) -> list[Any]:
    quote = quotes.setdefault((span.quote, span.quote_start), len(quotes))
    return [span.start, span.end, quote, span.resource] if span.resource != REPORT else [span.start, span.end, quote]


def _span_from(data: list[Any], quotes: list[tuple[str, int]]) -> Span:
    quote, start = quotes[data[2]]
    return Span(data[0], data[1], quote, data[3] if len(data) > _OF_REPORT else REPORT, start)


def _finding(finding: Finding, quotes: Quotes) -> list[Any]:
    stored = [finding.concept, str(finding.state), [_span(span, quotes) for span in finding.spans]]
    if finding.outweighed:
        stored.append([[str(other.state), _span(other.span, quotes)] for other in finding.outweighed])
    return stored


def _finding_from(data: list[Any], quotes: list[tuple[str, int]]) -> Finding:
    spans = tuple(_span_from(span, quotes) for span in data[2])
    others = tuple(Outweighed(State(state), _span_from(span, quotes)) for listed in data[3:] for state, span in listed)
    return Finding(data[0], State(data[1]), spans, others)


def _aside(aside: Aside, quotes: Quotes) -> list[Any]:
    span = _span(aside.span, quotes)
    return [aside.concept, str(aside.assertion), aside.reason, aside.region, aside.side, span]


def _aside_from(data: list[Any], quotes: list[tuple[str, int]]) -> Aside:
    return Aside(data[0], Assertion(data[1]), data[2], data[3], data[4], _span_from(data[5], quotes))


def _lesion(lesion: Lesion, quotes: Quotes) -> Json:
    stored: Json = {
        "id": lesion.id,
        "label": lesion.label,
        "region": lesion.region,
        "size": _text(lesion.size_mm),
        "findings": [_finding(finding, quotes) for finding in lesion.findings.values()],
    }
    attributes = {"side": lesion.side, "number": lesion.number, "course": lesion.course}
    return stored | {name: held for name, held in attributes.items() if held}


def _lesion_from(data: Json, quotes: list[tuple[str, int]]) -> Lesion:
    findings = {item[0]: _finding_from(item, quotes) for item in data["findings"]}
    return Lesion(
        data["id"],
        data["label"],
        data["region"],
        _number(data["size"]),
        findings,
        data.get("side"),
        data.get("number", ""),
        data.get("course", ""),
    )
