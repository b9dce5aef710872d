"""Facts to outcomes to differential to cards, and the record that explains them. Read this first.

`answer` is one pass without side effects: the same call, content and clock give the same cards and the same record.
Cards and record come back together, never one alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.audit.body import JudgedReport, record_body
from cds_service.audit.record import Arrival, AuditRecord, Outcome, timestamp
from cds_service.content.load import Content
from cds_service.core.cards import differential_card, differential_list, must_not_miss_card
from cds_service.core.differential import Differential, alarms, patterns_there, rank
from cds_service.core.evaluate import evaluate
from cds_service.core.facts import Facts, Reading
from cds_service.core.history import contradicted, dated, merged
from cds_service.core.next_tests import next_tests
from cds_service.core.scoring import NO_ENTRY
from cds_service.core.set_aside import condensed
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.draft import read_draft
from cds_service.fhir.outgoing import CallIdentity, Subject, card_json
from cds_service.fhir.request import HookCall
from cds_service.hooks.service import ReportToRead, Service

NOTHING_READ = Reading((), {}, (), ())
NOTHING_FOUND = Differential((), (), (), (), ())
NO_FINDING = "no soft tissue calcification or other qualifying finding in the report"
NOTHING_RANKED = "no etiology reaches the threshold to be shown"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every answer of an installation shares.

    Attributes:
        content: rules and wording.
        domain: reverse-domain name of the hook and of the extension keys.
        base_url: where the service's pages are, without a slash at the end; empty where none are served.
        patient_key: the keyed hash of a patient id.
    """

    content: Content
    domain: str
    base_url: str
    patient_key: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The cards that leave, and the record that is kept first."""

    cards: list[dict[str, Any]]
    record: AuditRecord


def answer(service: Service, call: HookCall, arrival: Arrival, setting: Setting) -> Answer:
    """Answers one hook call.

    Raises:
        InvalidRequest: a report is of another patient.
        ReportMissing: no report can be had.
    """
    content = setting.content
    call_id = uuid5(NAMESPACE_URL, "|".join((call.hook_instance, arrival.fingerprint, content.version)))
    ids = CallIdentity(call_id, setting.domain, setting.base_url)
    to_read = service.reports(call)
    chart = read_chart(call, content.labs, content.history, arrival.as_of, content.vocabulary.read_history)
    judged = [_judge(content, chart, report, arrival.as_of) for report in to_read]
    cards = _cards(content, call, ids, judged, chart.orders)
    record = AuditRecord(
        call_id=str(call_id),
        received_at=timestamp(arrival.received_at),
        service=service.id,
        hook=call.hook,
        hook_instance=call.hook_instance,
        client=arrival.client,
        patient_key=setting.patient_key(call.patient_id),
        content_version=content.version,
        fingerprint=arrival.fingerprint,
        outcome=Outcome.CARD if cards else Outcome.SILENT,
        leading_etiology=next((item.found.ranked[0].etiology for item in judged if item.found.ranked), ""),
        cards=len(cards),
        duration_us=arrival.elapsed_us(),
        body=record_body(judged, cards),
    )
    return Answer(cards, record)


def judge(content: Content, facts: Facts) -> Differential:
    """The differential of one report's facts. Replay and the rules' own cases come in here, too."""
    range_of = content.labs.range_for(facts.patient)
    evaluation = evaluate(content.engine, facts, range_of)
    ranked = rank(evaluation.outcomes, content.engine.rules.etiologies)
    tests = next_tests(content.engine, evaluation) if ranked else ()
    spoken, quiet = alarms(content.engine, facts)
    patterns = patterns_there(content.vocabulary.patterns, facts, content.engine.sources)
    return Differential(evaluation.outcomes, ranked, tests, spoken, quiet, patterns)


def _judge(content: Content, chart: Chart, to_read: ReportToRead, as_of: datetime) -> JudgedReport:
    if to_read.silent:
        facts = _facts(content, chart, as_of, NOTHING_READ)
        return JudgedReport(to_read.report, facts, NOTHING_FOUND, to_read.silent)
    draft = read_draft(to_read.report, chart.report_observations, content.reader)
    facts = _facts(content, chart, as_of, draft.reading)
    found = judge(content, facts)
    silent = "" if found.ranked or found.spoken else draft.unread or _why_silent(found)
    return JudgedReport(to_read.report, facts, found, silent)


def _facts(content: Content, chart: Chart, as_of: datetime, reading: Reading) -> Facts:
    """Chart and report together; the history that the report tells joins the chart's."""
    told = [dated(fact, as_of.date(), chart.patient.age_years) for fact in reading.history]
    stated = [*chart.history.values(), *told]
    history = merged(stated)
    return Facts(
        as_of=as_of,
        patient=chart.patient,
        labs=content.labs.with_cautions(chart.labs, history),
        missing_labs=chart.missing_labs,
        history=history,
        history_lists=chart.history_lists,
        lesions=reading.lesions,
        findings=reading.findings,
        set_aside=condensed((*chart.set_aside, *reading.set_aside, *contradicted(stated, history))),
        asides=reading.asides,
    )


def _why_silent(found: Differential) -> str:
    entered = any(outcome.tier != NO_ENTRY for outcome in found.outcomes)
    return NOTHING_RANKED if entered else NO_FINDING


def _cards(
    content: Content, call: HookCall, ids: CallIdentity, judged: Sequence[JudgedReport], ordered: frozenset[str]
) -> list[dict[str, Any]]:
    """One differential card for each report that has one, then at most one must-not-miss card for the call."""
    who = Subject(call.patient_id, call.encounter_id)
    speaker = content.speaker
    built = [
        card_json(card, item.report, differential_list(item.found), who, ids, content.words)
        for item in judged
        if item.found.ranked
        for card in [differential_card(speaker, item.facts, item.found, ordered)]
    ]
    alarmed = next((item for item in judged if item.found.spoken), None)
    if alarmed is not None:
        card = must_not_miss_card(speaker, alarmed.facts, alarmed.found)
        built.append(card_json(card, alarmed.report, differential_list(alarmed.found), who, ids, content.words))
    return built
