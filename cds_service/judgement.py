"""One report with its chart, judged: text to facts, facts to the differential."""

from collections.abc import Callable
from datetime import datetime

from cds_service.audit.body import JudgedReport
from cds_service.audit.given import ReadReport
from cds_service.content.load import Content
from cds_service.core.differential import Differential, alarms, may_speak, patterns_there, rank, shadow_alarms
from cds_service.core.evaluate import evaluate
from cds_service.core.facts import Facts, Reading
from cds_service.core.history import contradicted, dated, merged
from cds_service.core.next_tests import next_tests
from cds_service.core.scoring import NO_ENTRY, SHOWN
from cds_service.core.set_aside import condensed
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.draft import Draft, read_draft, read_words
from cds_service.fhir.request import HookCall
from cds_service.hooks.service import Desk, ReportToRead, Service, ToRead

READ_WITHIN_US = 500_000
"""How long reports are read before the rest of them is left unread: the answer then says what is known."""
OUT_OF_TIME = "the time was up before it was read"

NOTHING_READ = Reading((), {}, (), ())
NOTHING_FOUND = Differential((), (), (), (), ())
NO_FINDING = "no soft tissue calcification or other qualifying finding in the report"
NOTHING_RANKED = "no etiology reaches the threshold to be shown"
IN_SHADOW = "what would be shown or said is in shadow or switched off"
ELSEWHERE = "what it shows lies in another part of the body than what is ordered"


def judge(content: Content, facts: Facts) -> Differential:
    """The differential of one report's facts. Replay and the rules' own cases come in here, too."""
    range_of = content.labs.range_for(facts.patient)
    evaluation = evaluate(content.engine, facts, range_of)
    ranked = rank(evaluation.outcomes, content.engine.rules.etiologies)
    tests = next_tests(content.engine, evaluation) if ranked else ()
    spoken, quiet = alarms(content.engine, facts)
    patterns = patterns_there(content.vocabulary.patterns, facts, content.engine.sources)
    in_shadow = shadow_alarms(content.engine, facts)
    return Differential(evaluation.outcomes, ranked, tests, spoken, quiet, patterns, in_shadow)


def read_one(content: Content, chart: Chart, to_read: ToRead, one: ReportToRead, as_of: datetime) -> ReadReport:
    """One report of a call with its chart, as facts."""
    draft = Draft(NOTHING_READ, "", "") if one.silent else _reading(content, chart, one)
    facts = _facts(content, chart, to_read, draft.reading, as_of, one.written_days)
    return ReadReport(one.report, facts, one.silent, draft.unread, one.source, one.regions, draft.text)


def judge_read(content: Content, read: ReadReport) -> JudgedReport:
    """A report that was read, judged; `silent` says why nothing can be said of it, empty where something may be."""
    if read.silent:
        return JudgedReport(read, NOTHING_FOUND, read.silent)
    found = judge(content, read.facts)
    if read.regions is not None and found.ranked and not _lies_in(found, read.facts, read.regions):
        return JudgedReport(read, found, ELSEWHERE)
    silent = "" if found.ranked or found.spoken else read.unread or _why_silent(found)
    return JudgedReport(read, found, silent)


def needs_the_chart(
    service: Service, call: HookCall, content: Content, as_of: datetime, elapsed_us: Callable[[], int]
) -> bool:
    """Whether a report or an order of the call names anything of which something could be said, given the chart.

    Where the time for reading is up before that is known, it may.

    Raises:
        InvalidRequest: a report is of another patient.
        ReportMissing: no report can be had.
    """
    chart = read_chart(call, content.labs, content.history, as_of, content.vocabulary.read_history)
    to_read = service.read(call, chart, Desk(content, as_of))
    started = elapsed_us()
    for one in to_read.reports:
        if elapsed_us() - started > READ_WITHIN_US:
            return True
        judged = judge_read(content, read_one(content, chart, to_read, one, as_of))
        if not one.silent and may_speak(content.engine, judged.facts, judged.found.outcomes):
            return True
    return False


def _reading(content: Content, chart: Chart, one: ReportToRead) -> Draft:
    if one.words:
        return read_words(one.words, content.reader)
    return read_draft(one.report, chart.report_observations, content.reader, content.own_sentence)


def _facts(
    content: Content, chart: Chart, to_read: ToRead, reading: Reading, as_of: datetime, written_days: int
) -> Facts:
    """Chart and report together; the history that the report tells joins the chart's."""
    told = [dated(fact, as_of.date(), chart.patient.age_years, written_days) for fact in reading.history]
    stated = [*chart.history.values(), *told]
    history = merged(stated)
    set_aside = (*chart.set_aside, *to_read.set_aside, *reading.set_aside, *contradicted(stated, history))
    return Facts(
        as_of=as_of,
        patient=chart.patient,
        labs=content.labs.with_cautions(chart.labs, history),
        missing_labs=chart.missing_labs,
        history=history,
        history_lists=chart.history_lists,
        lesions=reading.lesions,
        findings=reading.findings,
        set_aside=condensed(set_aside),
        asides=reading.asides,
        chart_gaps=chart.gaps,
    )


def _lies_in(found: Differential, facts: Facts, regions: frozenset[str]) -> bool:
    named = {outcome.lesion for outcome in found.ranked}
    return any(lesion.region in regions for lesion in facts.lesions if lesion.id in named)


def _why_silent(found: Differential) -> str:
    # Only where no rule in force shows or says anything: these are the others.
    if any(outcome.tier in SHOWN for outcome in found.outcomes) or any(would for _, would in found.shadow):
        return IN_SHADOW
    entered = any(outcome.tier != NO_ENTRY for outcome in found.outcomes)
    return NOTHING_RANKED if entered else NO_FINDING
