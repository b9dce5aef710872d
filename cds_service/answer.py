"""A hook call to its cards, and the record that explains them. Read this first.

`answer` is one pass without side effects: the same call, content and clock give the same cards and the same record.
Cards and record come back together, never one alone. What is said once the reports are read is in `decision`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cds_service.audit.answered import NOTHING_BEFORE, Before, answered_json, card_digest
from cds_service.audit.body import JudgedReport
from cds_service.audit.given import ReadReport
from cds_service.audit.record import Arrival, AuditRecord, Outcome, fingerprint, timestamp
from cds_service.content.load import Content
from cds_service.decision import Asked, Decision, Told, decide
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.fetched import NOTHING_FETCHED
from cds_service.fhir.outgoing import CallIdentity, Subject, appended
from cds_service.fhir.request import HookCall
from cds_service.hooks.service import Desk, Service, ToRead
from cds_service.judgement import OUT_OF_TIME, READ_WITHIN_US, read_one

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What every answer of an installation shares.

    Attributes:
        content: rules and wording.
        domain: reverse-domain name of the hook and of the extension keys.
        base_url: where the service's pages are, without a slash at the end; empty where none are served.
        patient_key: the keyed hash of a patient id.
        source_url: where the source attributes of the rules are; empty where nobody serves them.
    """

    content: Content
    domain: str
    base_url: str
    patient_key: Callable[[str], str]
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The cards that leave, and the record that is kept first.

    `texts` are those of the reports in the record, in their order; kept only where the installation keeps them.
    """

    cards: list[dict[str, Any]]
    record: AuditRecord
    texts: tuple[str, ...]


def call_id_of(call: HookCall, arrival: Arrival, content: Content) -> UUID:
    """The id of a call: the same for the same hookInstance, request, content, switches, and outcome of fetching."""
    names = [call.hook_instance, arrival.fingerprint, content.version, *arrival.switched.names()]
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
    chart = _chart_of(service, call, content, arrival.as_of)
    to_read = _to_read(service, call, chart, Desk(content, arrival.as_of))
    asked = Asked(
        manner=service.manner,
        ordered=chart.orders | to_read.ordered,
        who=Subject(call.patient_id, call.encounter_id),
        ids=CallIdentity(call_id_of(call, arrival, content), setting.domain, setting.base_url, setting.source_url),
    )

    def told_before(_place: int, judged: JudgedReport) -> str:
        return before.calls.get(card_digest(judged.report, judged.found), "")

    decision = decide(content, asked, _read(content, chart, to_read, arrival), told_before)
    body = _body(to_read, asked, decision, before) | arrival.switched.as_json()
    if arrival.memory_away or before.away:
        body["memory"] = "away"
    record = _record(service, call, arrival, setting, decision, asked, body)
    return Answer(decision.leaving.cards, record, tuple(one.judged.read.text for one in decision.told))


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


def _read(content: Content, chart: Chart, to_read: ToRead, arrival: Arrival) -> Iterator[ReadReport]:
    """Each report of the call in turn; those for which no time is left are not read, but for the first."""
    started = arrival.elapsed_us()
    for place, one in enumerate(to_read.reports):
        late = place > 0 and arrival.elapsed_us() - started > READ_WITHIN_US
        waiting = replace(one, silent=OUT_OF_TIME) if late else one
        yield read_one(content, chart, to_read, waiting, arrival.as_of)


def _record(
    service: Service, call: HookCall, arrival: Arrival, setting: Setting, decision: Decision, asked: Asked, body: Json
) -> AuditRecord:
    return AuditRecord(
        call_id=str(asked.ids.call_id),
        received_at=timestamp(arrival.received_at),
        service=service.id,
        hook=call.hook,
        hook_instance=call.hook_instance,
        client=arrival.client,
        patient_key=setting.patient_key(call.patient_id),
        content_version=setting.content.version,
        fingerprint=arrival.fingerprint,
        outcome=Outcome.CARD if decision.leaving.cards else Outcome.SILENT,
        leading_etiology=_leading(decision.told),
        cards=len(decision.leaving.cards),
        duration_us=arrival.elapsed_us(),
        body=body,
    )


def _leading(told: tuple[Told, ...]) -> str:
    """The first etiology of the first report with a card; without a card, of the first that has one."""
    ranked = sorted((one for one in told if one.judged.found.ranked), key=lambda one: one.card is None)
    return ranked[0].judged.found.ranked[0].etiology if ranked else ""


def _body(to_read: ToRead, asked: Asked, decision: Decision, before: Before) -> Json:
    body = decision.body()
    ids = asked.ids
    given = {"domain": ids.domain, "pages": ids.base_url, "source": ids.source_url, "ordered": sorted(asked.ordered)}
    body["given"] = {key: value for key, value in given.items() if value}
    body |= answered_json(before.reader, (digest for one in decision.told for digest in _digests(one)))
    if to_read.silent:
        body |= {"silent": to_read.silent, "setAside": [[item.resource, item.reason] for item in to_read.set_aside]}
    return body


def _digests(told: Told) -> Iterator[str]:
    """What a card answers. A report to which the card's own text was appended is the same report."""
    if told.card is not None:
        yield card_digest(told.judged.report, told.judged.found)
        if told.card.appended:
            yield card_digest(appended(told.judged.report, told.card.appended), told.judged.found)
