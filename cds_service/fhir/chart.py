"""The chart behind a call: patient, labs, history and orders, whatever of them was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from cds_service.core.facts import HistoryFact, LabResult, Missing, Patient, SetAside
from cds_service.core.history import HistoryVocabulary
from cds_service.core.labs import LabVocabulary
from cds_service.fhir.history import Reader, ReadText, read_history
from cds_service.fhir.labs import read_labs
from cds_service.fhir.limited_texts import LimitedTexts
from cds_service.fhir.patient import read_patient
from cds_service.fhir.prefetch import active_orders, chart_gaps, lists_read, prefetch_templates
from cds_service.fhir.request import HookCall
from cds_service.fhir.resources import Received, receive, resource_name
from cds_service.fhir.subject import Identity, Whose, whose

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the chart says, for all reports of the call.

    Attributes:
        patient: age and sex.
        labs: newest usable result by lab id.
        missing_labs: why there is no result, for every other lab.
        history: by concept id.
        history_lists: which of "conditions", "procedures", "medications" and "family" were read.
        orders: the labs that are on order, by lab id.
        report_observations: Observations that came with the draft reports and are the patient's, as plain JSON.
        set_aside: what was received and not used.
        gaps: what did not come of what is asked for, by prefetch key, and why.
        received: everything that came.
        identity: the patient's id, and the references that stand for it.
    """

    patient: Patient
    labs: Mapping[str, LabResult]
    missing_labs: Mapping[str, Missing]
    history: Mapping[str, HistoryFact]
    history_lists: frozenset[str]
    orders: frozenset[str]
    report_observations: tuple[Mapping[str, Any], ...]
    set_aside: tuple[SetAside, ...]
    gaps: Mapping[str, Missing]
    received: Received
    identity: Identity


def read_chart(
    call: HookCall, labs: LabVocabulary, history: HistoryVocabulary, as_of: datetime, read_text: ReadText
) -> Chart:
    """Reads the chart that came with a call, as of the moment it was made (UTC where that has no zone)."""
    as_of = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
    received = receive(call.prefetch, call.context, call.fetched)
    patient, identity, foreign = _patient(received, call.patient_id, as_of)
    lab_reading = read_labs(received, labs, patient, identity, as_of)
    texts = LimitedTexts(read_text)
    history_reading = read_history(Reader(received, history, texts, identity, as_of, patient.age_years))
    return Chart(
        patient=patient,
        labs=lab_reading.labs,
        missing_labs=lab_reading.missing,
        history=history_reading.facts,
        history_lists=frozenset() if texts.set_aside else lists_read(received),
        orders=active_orders(received, labs, identity),
        report_observations=tuple(
            held.resource
            for held in received.of("Observation")
            if not held.asked_for and whose(held.resource, identity) is not Whose.ANOTHER
        ),
        set_aside=(*received.set_aside, *foreign, *lab_reading.set_aside, *history_reading.set_aside, *texts.set_aside),
        gaps=chart_gaps(received, prefetch_templates(labs, history), labs, lab_reading.missing),
        received=received,
        identity=identity,
    )


def _patient(received: Received, patient_id: str, as_of: datetime) -> tuple[Patient, Identity, list[SetAside]]:
    """The patient, the references that stand for them, and Patients who are someone else or contradict each other."""
    own: dict[str, Patient] = {}
    aliases, set_aside = set(), []
    for held in received.of("Patient"):
        if held.resource.get("id") != patient_id:
            set_aside.append(SetAside(resource_name(held.resource), "it is not the call's patient"))
            continue
        if held.full_url:
            aliases.add(held.full_url)
        patient = read_patient(held.resource, as_of)
        own[repr(patient)] = patient
    ages = {patient.age_years for patient in own.values() if patient.age_years is not None}
    sexes = {patient.sex for patient in own.values() if patient.sex is not None}
    if len(ages) > 1 or len(sexes) > 1:
        set_aside.append(SetAside("Patient", "several Patients of the call contradict each other", len(own)))
    agreed = Patient(_only(ages), _only(sexes))
    return agreed, Identity(patient_id, frozenset(aliases)), set_aside


def _only(values: set[Value]) -> Value | None:
    """The one value that was stated; None where none was, or several: none of them can be trusted more."""
    return next(iter(values)) if len(values) == 1 else None
