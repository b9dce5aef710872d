"""Facts to outcomes to differential to cards, and the record that explains them. Read this first.

`answer` is one pass without side effects: the same call, content and clock give the same cards and the same record.
Cards and record come back together, never one alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cds_service.audit.answered import NOTHING_BEFORE, Before, answered_json, card_digest
from cds_service.audit.body import JudgedReport, record_body
from cds_service.audit.record import Arrival, AuditRecord, Outcome, fingerprint, timestamp
from cds_service.content.load import Content
from cds_service.core.cards import Card, Manner, Seen, card_of, differential_list, must_not_miss_card
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.fetched import NOTHING_FETCHED
from cds_service.fhir.outgoing import CallIdentity, Subject, appended, card_json
from cds_service.fhir.request import HookCall
from cds_service.fhir.response import Response, response
from cds_service.hooks.service import Desk, Service, ToRead
from cds_service.judgement import NOTHING_RANKED, READ_WITHIN_US, judge_report

NOT_TOLD = {
    Manner.OPENING: "the work-up is complete or on order, and points to no etiology",
    Manner.ORDERING: "no test that would tell is missing, or all of them are on order",
}
SPOKEN_FOR = "the call speaks of another report"
MUST_NOT_MISS = "what it shows must not be missed, and no laboratory test is the answer to it"
OUT_OF_TIME = "the time was up before it was read"


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


@dataclass(frozen=True, slots=True)
class _Told:
    """A report and the card on it; `card` is None where it is silent, `digests` stand for what its card answers."""

    judged: JudgedReport
    card: Card | None
    digests: tuple[str, ...] = ()


def call_id_of(call: HookCall, arrival: Arrival, content: Content) -> UUID:
    """The id of a call: the same for the same hookInstance, request, content, and outcome of fetching."""
    names = [call.hook_instance, arrival.fingerprint, content.version]
    if call.fetched != NOTHING_FETCHED:
        names.append(fingerprint(call.fetched.as_json()))
    return uuid5(NAMESPACE_URL, "|".join(names))


def answer(
    service: Service, call: HookCall, arrival: Arrival, setting: Setting, before: Before = NOTHING_BEFORE
) -> Answer:
    """Answers one hook call.

    Args:
        service: the CDS service that was called.
        call: the call, with what was fetched for it.
        arrival: how it came in.
        setting: what every answer shares.
        before: what the same reader was told before; a card on an unchanged report is not repeated.

    Raises:
        InvalidRequest: a report is of another patient.
        ReportMissing: no report can be had.
    """
    content = setting.content
    ids = CallIdentity(call_id_of(call, arrival, content), setting.domain, setting.base_url)
    chart = _chart_of(service, call, content, arrival.as_of)
    to_read = _to_read(service, call, chart, Desk(content, arrival.as_of))
    judged = _judged(content, chart, to_read, arrival)
    told = list(_told(service.manner, content, chart, to_read, judged, before))
    leaving = response(_cards(service.manner, content, call, ids, told))
    record = AuditRecord(
        call_id=str(ids.call_id),
        received_at=timestamp(arrival.received_at),
        service=service.id,
        hook=call.hook,
        hook_instance=call.hook_instance,
        client=arrival.client,
        patient_key=setting.patient_key(call.patient_id),
        content_version=content.version,
        fingerprint=arrival.fingerprint,
        outcome=Outcome.CARD if leaving.cards else Outcome.SILENT,
        leading_etiology=_leading(told),
        cards=len(leaving.cards),
        duration_us=arrival.elapsed_us(),
        body=_body(to_read, told, leaving, before) | ({"memory": "away"} if arrival.memory_away or before.away else {}),
    )
    return Answer(leaving.cards, record)


def _chart_of(service: Service, call: HookCall, content: Content, as_of: datetime) -> Chart:
    """The chart, without the gaps that nobody asked to be filled."""
    chart = read_chart(call, content.labs, content.history, as_of, content.vocabulary.read_history)
    asked = call.fetched.failed.keys() | call.fetched.resources.keys()
    return replace(
        chart, gaps={key: why for key, why in chart.gaps.items() if key not in service.spares or key in asked}
    )


def _to_read(service: Service, call: HookCall, chart: Chart, desk: Desk) -> ToRead:
    idle = service.idle(call, desk.content)
    return ToRead((), idle) if idle else service.read(call, chart, desk)


def _leading(told: list[_Told]) -> str:
    """The first etiology of the first report with a card; without a card, of the first that has one."""
    ranked = sorted((one for one in told if one.judged.found.ranked), key=lambda one: one.card is None)
    return ranked[0].judged.found.ranked[0].etiology if ranked else ""


def _body(to_read: ToRead, told: list[_Told], leaving: Response, before: Before) -> dict[str, Any]:
    body = record_body([one.judged for one in told], leaving.cards)
    body |= answered_json(before.reader, (digest for one in told for digest in one.digests))
    if to_read.silent:
        body |= {"silent": to_read.silent, "setAside": [[item.resource, item.reason] for item in to_read.set_aside]}
    if leaving.dropped or leaving.overlong:
        body["amiss"] = [*leaving.dropped, *leaving.overlong]
    return body


def _judged(content: Content, chart: Chart, to_read: ToRead, arrival: Arrival) -> list[JudgedReport]:
    """Each report of the call in turn; those for which no time is left are not read, but for the first."""
    started, judged = arrival.elapsed_us(), []
    for place, one in enumerate(to_read.reports):
        late = place > 0 and arrival.elapsed_us() - started > READ_WITHIN_US
        waiting = replace(one, silent=OUT_OF_TIME) if late else one
        judged.append(judge_report(content, chart, to_read, waiting, arrival.as_of))
    return judged


def _told(
    manner: Manner, content: Content, chart: Chart, to_read: ToRead, judged: list[JudgedReport], before: Before
) -> Iterator[_Told]:
    """Each report with the card on it, or the reason for silence."""
    ordered, spoken_for = chart.orders | to_read.ordered, False
    unread = sum(one.silent == OUT_OF_TIME for one in judged)
    # Where one card speaks for all, what must not be missed goes before what is merely newer.
    alarming = manner is Manner.OPENING and any(one.found.spoken for one in judged)
    for report, one in zip(to_read.reports, judged, strict=True):
        card = None
        if alarming and not one.found.spoken:
            one = _silent(one, SPOKEN_FOR)
        if not one.silent or (manner is Manner.ASSISTING and one.found.weak):
            card = card_of(manner, content.speaker, Seen(one.facts, one.found, ordered, report.source, unread))
        if card is None:
            yield _Told(_silent(one, _not_told(manner, one)), None)
        elif spoken_for and manner.speaks_once:
            yield _Told(_silent(one, SPOKEN_FOR), None)
        else:
            spoken_for = True
            # Who asks for help again wants to see it again, and what must not be missed is said each time.
            each_time = manner is Manner.ASSISTING or (manner.speaks_once and one.found.spoken)
            yield _once(one, card, NOTHING_BEFORE if each_time else before)


def _once(judged: JudgedReport, card: Card, before: Before) -> _Told:
    """The card, unless this reader was told the same of the same report before."""
    digest = card_digest(judged.report, judged.found)
    earlier = before.calls.get(digest)
    if earlier is not None:
        reason = f"its card was answered before, in call {earlier}, and the report has not changed since"
        return _Told(_silent(judged, reason), None)
    # A report to which the card's own text was appended is the same report.
    taken = [card_digest(appended(judged.report, card.appended), judged.found)] if card.appended else []
    return _Told(replace(judged, silent=""), card, (digest, *taken))


def _not_told(manner: Manner, judged: JudgedReport) -> str:
    if not manner.speaks_once:
        return ""
    if manner is Manner.ORDERING and judged.found.spoken:
        return MUST_NOT_MISS
    return NOT_TOLD[manner] if judged.found.ranked else NOTHING_RANKED


def _silent(judged: JudgedReport, reason: str) -> JudgedReport:
    return judged if judged.silent else replace(judged, silent=reason)


def _cards(
    manner: Manner, content: Content, call: HookCall, ids: CallIdentity, told: list[_Told]
) -> list[dict[str, Any]]:
    """The card of each report that has one, then at most one must-not-miss card for the call."""
    who = Subject(call.patient_id, call.encounter_id)
    built = [
        card_json(
            one.card,
            one.judged.report,
            differential_list(one.judged.found),
            who,
            replace(ids, place=place),
            content.words,
        )
        for place, one in enumerate(told)
        if one.card is not None
    ]
    spoken = [] if manner.speaks_once else [place for place, one in enumerate(told) if one.judged.found.spoken]
    for place in spoken[:1]:
        alarmed = told[place].judged
        card = must_not_miss_card(content.speaker, alarmed.facts, alarmed.found)
        listed = differential_list(alarmed.found)
        built.append(card_json(card, alarmed.report, listed, who, replace(ids, place=place), content.words))
    return built
