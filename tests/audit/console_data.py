"""Records with everything the console counts, made by lot from a seed, and appended by several writers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 - seeded, so the same in each run
from typing import Any

from sqlalchemy import Engine

from cds_service.audit.feedback import Feedback
from cds_service.audit.record import AuditRecord, timestamp
from cds_service.audit.store import Store
from tests.audit.records import RECORD
from tests.audit.stores import store_on

LAST_DAY = datetime(2026, 1, 31, tzinfo=UTC)
RULES = ("tumoral-calcinosis", "secondary-hyperparathyroidism", "cppd", "candidate")
SHADOW = "candidate"
CLIENTS = ("county", "university & clinics", "ambulance")
SERVICES = ("calcification-report-sign", "calcification-patient-view")
SILENT = (
    "no soft tissue calcification or other qualifying finding in the report",
    "its card was answered before, in call 3f2b8a52-1c3d-5e6f-8a9b-0c1d2e3f4a5b, and the report has not changed since",
    "its card was answered before, in call 0c1d2e3f-1c3d-5e6f-8a9b-3f2b8a524a5b, and the report has not changed since",
)
ASIDE = (
    ["Observation/1", "phosphate: the unit is not understood"],
    ["DiagnosticReport/2", "presentedForm[1] is application/pdf, which is not read"],
    ["FHIR server", "did not answer in time: calcium, renal", 2],
)
LABS = ("phosphate", "calcium", "pth")
WHY = ("none on file", "not provided", "set aside")
REASONS = ("need-more-info", "cds-not-applicable", "")


def records(many: int, seed: int, days: int = 60) -> list[AuditRecord]:
    """So many calls spread over the days up to the last one; one in ten is a delivery of an earlier call."""
    lot = Random(seed)
    made: list[AuditRecord] = []
    for number in range(many):
        at = LAST_DAY + timedelta(hours=23) - timedelta(minutes=lot.randrange(days * 24 * 60))
        if made and lot.random() < 0.1:
            made.append(replace(lot.choice(made), received_at=timestamp(at)))
        else:
            made.append(_call(lot, f"call-{seed}-{number}", timestamp(at)))
    return made


def _call(lot: Random, call_id: str, at: str) -> AuditRecord:
    who: dict[str, Any] = {
        "call_id": call_id,
        "received_at": at,
        "service": lot.choice(SERVICES),
        "client": lot.choice(CLIENTS),
        "patient_key": f"patient-{lot.randrange(9)}",
        "content_version": lot.choice("12"),
        "duration_us": lot.choice((900, 4200, 4300, 1_300_000)),
        "fingerprint": call_id,
    }
    outcome = lot.choices(("card", "silent", "refused"), (6, 3, 1))[0]
    if outcome == "refused":
        refused = {"refused": "context.patientId is missing."}
        who["patient_key"] = ""
        return replace(RECORD, **who, outcome=outcome, leading_etiology="", cards=0, body=refused)
    reports = [_report(lot, silent=outcome == "silent") for _ in range(lot.choice((1, 1, 2)))]
    leading = next((report["ranked"][0] for report in reports if report["ranked"]), "")
    cards = [{"uuid": f"card-of-{call_id}", "summary": ""}] if outcome == "card" else []
    body: dict[str, Any] = {"reports": reports, "cards": cards}
    if lot.random() < 0.1:
        body["memory"] = "away"
    return replace(RECORD, **who, outcome=outcome, leading_etiology=leading, cards=len(cards), body=body)


def _report(lot: Random, *, silent: bool) -> dict[str, Any]:
    tiers = {rule: lot.choice(("likely", "possible", "not shown", "no entry")) for rule in RULES}
    ranked = [rule for rule in RULES if tiers[rule] in ("likely", "possible") and rule != SHADOW]
    report: dict[str, Any] = {
        "id": "r",
        "status": "final",
        "facts": {
            "missing": {lot.choice(WHY): lot.sample(LABS, 2)},
            "gaps": {lot.choice(LABS): lot.choice(WHY)},
            "setAside": lot.sample(ASIDE, lot.randrange(2)),
        },
        "outcomes": [{"rule": f"{rule}@1.0.0", "tier": tier} for rule, tier in tiers.items()],
        "ranked": ranked,
        "mustNotMiss": [{"rule": "fop-pattern@1.0.0", "speaks": lot.random() < 0.5}] if lot.random() < 0.2 else [],
    }
    return {**report, "silent": lot.choice(SILENT)} if silent else report


def feedback_on(calls: Sequence[AuditRecord], seed: int) -> Iterator[tuple[str, Feedback]]:
    """What is said of the cards: of some nothing, of some twice; with the service that it is sent to."""
    lot = Random(seed)
    for number, call in enumerate(calls):
        for again in range(lot.choice((0, 0, 1, 2)) if call.outcome == "card" else 0):
            outcome, code = lot.choice(("accepted", "overridden")), lot.choice(REASONS)
            said = Feedback(
                card=f"card-of-{call.call_id}",
                outcome=outcome,
                at=f"2026-01-01T12:00:0{again}Z",
                accepted=(),
                reason=("", code, "") if outcome == "overridden" else ("", "", ""),
                comment="seen before" if number % 2 else "",
                client=call.client,
            )
            yield call.service, said


def keep(store: Store, calls: Sequence[AuditRecord], seed: int = 0) -> None:
    """Append calls, then what is said of them."""
    for call in calls:
        store.append(call)
    for service, said in feedback_on(calls, seed):
        store.add_feedback(service, [said])


def several_writers(engine: Engine, now: datetime) -> list[Store]:
    """Stores as several processes have them."""
    return [store_on(engine, now, prefix) for prefix in ("a", "b", "c")]
