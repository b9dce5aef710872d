"""One recorded call as rows of the export's tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cds_service.audit.feedback import StoredFeedback
from cds_service.audit.record import AuditRecord, StoredCall
from cds_service.core.facts import Facts, Finding, LabResult
from cds_service.core.facts_json import facts_from_json
from cds_service.export.disguise import Disguise
from cds_service.export.tables import columns_of

Json = Mapping[str, Any]
Row = dict[str, Any]

_VERDICTS = {"m": "met", "n": "not met", "u": "unknown", "s": "not stated"}
_ITEMS = ("supports", "argues_against", "excludes")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery with what belongs to it.

    Attributes:
        call: as the store gives it.
        content: the snapshot of the content that judged; empty where the store has none.
        feedback: on its cards.
    """

    call: StoredCall
    content: Json
    feedback: Sequence[StoredFeedback]


def rows_of(table: str, recorded: Recorded, disguise: Disguise) -> Iterator[Row]:
    """The rows of one table that a delivery gives, with the columns that this disguise leaves."""
    columns = [column.name for column in columns_of(table, identified=disguise.identified)]
    for full in _ROWS[table](recorded, disguise):
        row = {"call": disguise.call(recorded.call.seq, recorded.call.record), **full}
        yield {name: row[name] for name in columns}


def _calls(recorded: Recorded, disguise: Disguise) -> Iterator[Row]:
    record = recorded.call.record
    yield {
        "received": disguise.moment(record.received_at, record),
        "call_id": record.call_id,
        "hook_instance": record.hook_instance,
        "patient": disguise.patient(record),
        "client": disguise.client(record.client),
        "service": record.service,
        "hook": record.hook,
        "content_version": record.content_version,
        "outcome": record.outcome,
        "refused": str(record.body.get("refused", "")),
        "cards": record.cards,
        "leading_etiology": record.leading_etiology,
        "duration_us": record.duration_us,
    }


def _reports(recorded: Recorded, disguise: Disguise) -> Iterator[Row]:
    for place, report, facts in reports_in(recorded.call.record):
        yield {
            "report": place,
            "report_id": report["id"],
            "silent": disguise.sentence(report.get("silent", "")),
            "age_years": disguise.age(facts.patient.age_years),
            "sex": facts.patient.sex,
            "next_tests": " ".join(test["lab"] for test in report["nextTests"]),
            "must_not_miss": " ".join(spoken["rule"] for spoken in report["mustNotMiss"] if spoken["speaks"]),
        }


def _outcomes(recorded: Recorded, _disguise: Disguise) -> Iterator[Row]:
    for place, report, facts in reports_in(recorded.call.record):
        ranks = {rule: rank for rank, rule in enumerate(report["ranked"], start=1)}
        regions = {lesion.id: lesion.region for lesion in facts.lesions}
        for outcome in report["outcomes"]:
            rule, _, version = outcome["rule"].partition("@")
            criteria = recorded.content.get("rules", {}).get(rule, {})
            low, score, high = outcome["score"]
            yield {
                "report": place,
                "rule": rule,
                "rule_version": version,
                "status": criteria.get("status", ""),
                "tier": outcome["tier"],
                "rank": ranks.get(rule),
                "low": low,
                "score": score,
                "high": high,
                "entry": _VERDICTS[outcome["entry"].lower()],
                "region": regions.get(outcome["lesion"]),
                "met": " ".join(_items(outcome, criteria, "m")),
                "unknown": " ".join(_items(outcome, criteria, "u")),
            }


def _items(outcome: Json, criteria: Json, letter: str) -> Iterator[str]:
    for kind in _ITEMS:
        for item, given in zip(criteria.get(kind, ()), outcome[kind], strict=False):
            if given.lower() == letter:
                yield item["id"] + ("*" if given.isupper() else "")


def _labs(recorded: Recorded, _disguise: Disguise) -> Iterator[Row]:
    units = recorded.content.get("labels", {}).get("units", {})
    for place, _, facts in reports_in(recorded.call.record):
        for result in facts.labs.values():
            yield {"report": place, **_lab(result), "unit": units.get(result.lab), "missing": result.unused}
        for lab, why in facts.missing_labs.items():
            if lab not in facts.labs:
                yield {"report": place, **_lab(None), "lab": lab, "unit": units.get(lab), "missing": str(why)}


def _lab(result: LabResult | None) -> Row:
    value, limits = (result.value, result.range) if result else (None, None)
    return {
        "lab": result.lab if result else None,
        "low": _number(value.low if value else None),
        "high": _number(value.high if value else None),
        "word": result.word if result else None,
        "range_low": _number(limits.low if limits else None),
        "range_high": _number(limits.high if limits else None),
        "age_days": result.age_days if result else None,
        "sent": result.sent if result else None,
        "effective": result.effective if result else None,
        "resource": result.resource if result else None,
    }


def _statements(recorded: Recorded, _disguise: Disguise) -> Iterator[Row]:
    for place, _, facts in reports_in(recorded.call.record):
        for lesion in facts.lesions:
            for finding in lesion.findings.values():
                yield {"report": place, **_finding(finding), "region": lesion.region, "side": lesion.side}
        for finding in facts.findings.values():
            yield {"report": place, **_finding(finding), "region": None, "side": None}
        for fact in facts.history.values():
            stated = {"source": "history", "concept": fact.concept, "state": str(fact.state)}
            yield {
                "report": place, **stated, "region": None, "side": None, "words": fact.label, "resource": fact.resource,
            }  # fmt: skip


def _finding(finding: Finding) -> Row:
    return {
        "source": "report",
        "concept": finding.concept,
        "state": str(finding.state),
        "words": "; ".join(dict.fromkeys(span.quote for span in finding.spans)),
        "resource": " ".join(dict.fromkeys(span.resource for span in finding.spans)),
    }


def _set_aside(recorded: Recorded, disguise: Disguise) -> Iterator[Row]:
    for place, _, facts in reports_in(recorded.call.record):
        for item in facts.set_aside:
            yield {"report": place, **_put_aside(item.resource, item.reason, disguise), "count": item.count}
    for resource, reason in recorded.call.record.body.get("setAside", ()):
        yield {"report": None, **_put_aside(resource, reason, disguise), "count": 1}


def _put_aside(resource: str, reason: str, disguise: Disguise) -> Row:
    return {"kind": _type_of(resource), "reason": disguise.sentence(reason), "resource": resource}


def _type_of(resource: str) -> str:
    """The type before the id of "Observation/1"; empty for what names no resource."""
    kind, slash, _ = resource.partition("/")
    return kind if slash and kind.isalpha() else ""


def _feedback(recorded: Recorded, disguise: Disguise) -> Iterator[Row]:
    record = recorded.call.record
    sent = {card.get("uuid"): card for card in record.body.get("cards", ())}
    for item in recorded.feedback:
        card = sent.get(item.card, {})
        yield {
            "card": _kind_of(card),
            "outcome": item.outcome,
            "reason": disguise.reason(item.body.get("reason", {}), card.get("overrideReasons", ())),
            "suggestions_taken": len(item.body.get("accepted", ())),
            "received": disguise.moment(item.received_at, record),
            "comment": item.body.get("comment", ""),
        }


def _kind_of(card: Json) -> str:
    return next((str(said) for key, said in card.get("extension", {}).items() if key.endswith(".kind")), "")


def reports_in(record: AuditRecord) -> Iterator[tuple[int, Json, Facts]]:
    """Each report of a call: its place from 1, what is recorded of it, and its facts."""
    for place, report in enumerate(record.body.get("reports", ()), start=1):
        yield place, report, facts_from_json(report["facts"])


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_ROWS: Mapping[str, Callable[[Recorded, Disguise], Iterator[Row]]] = {
    "calls": _calls,
    "reports": _reports,
    "outcomes": _outcomes,
    "labs": _labs,
    "statements": _statements,
    "set_aside": _set_aside,
    "feedback": _feedback,
}
