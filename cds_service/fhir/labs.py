"""Observations to lab results: for each lab the newest usable one, and for every other one why it was not used.

Whose: a result must name the call's patient. One that names nobody is accepted if it came as prefetch, which the
client fetched for this patient; in the context it is set aside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cds_service.core.facts import LabResult, Missing, Patient, SetAside
from cds_service.core.labs import LabVocabulary
from cds_service.fhir.derived import CREATININE, FILTRATION, filtration, lent_words
from cds_service.fhir.numbers import Unusable
from cds_service.fhir.observations import Recognised, recognised
from cds_service.fhir.resources import Received
from cds_service.fhir.results import read_result
from cds_service.fhir.subject import Identity


@dataclass(frozen=True, slots=True)
class LabReading:
    """What the Observations of a call say: results by lab id, why other labs have none, and what was not used."""

    labs: Mapping[str, LabResult]
    missing: Mapping[str, Missing]
    set_aside: tuple[SetAside, ...]


def read_labs(
    received: Received, vocabulary: LabVocabulary, patient: Patient, identity: Identity, as_of: datetime
) -> LabReading:
    """Reads all labs of a call. Candidates older than the one used are not looked at."""
    found: dict[str, list[Recognised]] = {}
    for held in received.of("Observation"):
        for item in recognised(held, vocabulary, identity, as_of):
            found.setdefault(item.candidate.known.lab, []).append(item)
    reader = _Reader(vocabulary, patient, as_of, [])
    labs = {lab: result for lab, items in found.items() if (result := reader.newest(items)) is not None}
    rate = filtration(labs.get(FILTRATION), _for_filtration(found, labs, reader), patient, vocabulary)
    if rate is not None:
        labs[FILTRATION] = rate
    labs.update(lent_words(labs, vocabulary))
    missing = {
        lab.id: Missing.SET_ASIDE if lab.id in found else received.missing(lab.prefetch)
        for lab in vocabulary.labs.values()
        if lab.id not in labs
    }
    ordered = {lab: labs[lab] for lab in vocabulary.labs if lab in labs}
    return LabReading(ordered, missing, tuple(dict.fromkeys(reader.set_aside)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads candidates from the newest down, noting what it passes over."""

    vocabulary: LabVocabulary
    patient: Patient
    as_of: datetime
    set_aside: list[SetAside]

    def newest(self, items: Iterable[Recognised]) -> LabResult | None:
        """The newest usable result; of two of the same instant the one with a number."""
        worded: LabResult | None = None
        instant: datetime | None = None
        for item in sorted(items, key=lambda item: item.order, reverse=True):
            if worded is not None and item.order[0] != instant:
                return worded
            result = self._read(item)
            if result is None:
                continue
            if result.value is not None:
                return result if worded is None else replace(result, word=result.word or worded.word)
            worded, instant = worded or result, item.order[0]
        return worded

    def _read(self, item: Recognised) -> LabResult | None:
        reason = item.reason
        if not reason:
            try:
                return read_result(item.candidate, self.vocabulary, self.patient, self.as_of)
            except Unusable as error:
                reason = str(error)
        lab = self.vocabulary.labs[item.candidate.known.lab]
        self.set_aside.append(SetAside(item.candidate.name, f"{lab.short}: {reason}"))
        return None


def _for_filtration(
    found: Mapping[str, list[Recognised]], labs: Mapping[str, LabResult], reader: _Reader
) -> LabResult | None:
    """The newest creatinine that may stand for renal function."""
    items = found.get(CREATININE, [])
    usable = [item for item in items if FILTRATION not in item.candidate.known.not_for]
    if len(usable) == len(items):
        return labs.get(CREATININE)
    return replace(reader, set_aside=[]).newest(usable)
