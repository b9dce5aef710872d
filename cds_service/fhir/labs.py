"""Observations to lab results: for each lab the newest usable one, and for every other one why it was not used.

Whose: a result must name the call's patient. One that names nobody is accepted if it came as prefetch, which the
client fetched for this patient; in the context it is set aside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cds_service.core.facts import EarlierResult, LabResult, Missing, Patient, SetAside
from cds_service.core.labs import Lab, LabVocabulary
from cds_service.core.renal import ADULT_FROM
from cds_service.fhir.contained import observations
from cds_service.fhir.derived import CREATININE, FILTRATION, Sample, filtration, lent_words, products
from cds_service.fhir.heights import Heights, read_heights
from cds_service.fhir.numbers import Unusable
from cds_service.fhir.observations import Recognised, recognised, too_many_components, without_withdrawn_copies
from cds_service.fhir.resources import Received
from cds_service.fhir.results import read_number, read_result
from cds_service.fhir.subject import Identity

AFTER_DIALYSIS = "it was taken after dialysis"
_WHOLE_DATE = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class LabReading:
    """What the Observations of a call say: results by lab id, why other labs have none, and what was not used."""

    labs: Mapping[str, LabResult]
    missing: Mapping[str, Missing]
    set_aside: tuple[SetAside, ...]


def read_labs(
    received: Received, vocabulary: LabVocabulary, patient: Patient, identity: Identity, as_of: datetime
) -> LabReading:
    """Reads all labs of a call. Candidates older than the one used are looked at only where a course is followed."""
    found: dict[str, list[Recognised]] = {}
    cut: list[SetAside] = []
    for held in observations(received):
        cut += too_many_components(held)
        for item in recognised(held, vocabulary, identity, as_of):
            found.setdefault(item.candidate.known.lab, []).append(item)
    reader = _Reader(vocabulary, patient, as_of, [])
    samples = {lab: sample for lab, items in found.items() if (sample := reader.sample(items)) is not None}
    labs = {lab: sample.result for lab, sample in samples.items()}
    heights = _heights(received, vocabulary, patient, identity, as_of)
    rate = filtration(labs.get(FILTRATION), labs.get(CREATININE), patient, vocabulary, heights)
    if rate is not None:
        labs[FILTRATION] = rate
    labs = {lab: _aged(result, vocabulary.labs[lab]) for lab, result in labs.items()}
    labs.update(products(samples, labs, patient, vocabulary))
    labs.update(lent_words(labs, vocabulary))
    ordered = {lab: labs[lab] for lab in vocabulary.labs if lab in labs}
    missing = _missing(ordered, found.keys(), received, vocabulary)
    return LabReading(ordered, missing, tuple(dict.fromkeys([*cut, *reader.set_aside, *heights.set_aside])))


def _heights(
    received: Received, vocabulary: LabVocabulary, patient: Patient, identity: Identity, as_of: datetime
) -> Heights:
    """The heights of a child; nobody else's are looked for."""
    is_child = patient.age_years is not None and patient.age_years < ADULT_FROM
    sent = observations(received) if is_child else iter(())
    return read_heights(sent, vocabulary.height, vocabulary.names, identity, as_of)


def _aged(result: LabResult, lab: Lab) -> LabResult:
    """The result, shown and not judged where it is too old for its lab."""
    if result.unused or lab.stale_days is None or result.age_days is None or result.age_days <= lab.stale_days:
        return result
    return replace(result, unused=f"{Missing.TOO_OLD}, more than {lab.stale_days} days")


def _missing(
    labs: Mapping[str, LabResult], found: Iterable[str], received: Received, vocabulary: LabVocabulary
) -> dict[str, Missing]:
    missing = {}
    for lab in vocabulary.labs.values():
        held = labs.get(lab.id)
        if held is None:
            derived = Missing.NOT_DERIVED if lab.product_of else received.missing(lab.prefetch)
            missing[lab.id] = Missing.SET_ASIDE if lab.id in found else derived
        elif held.unused:
            missing[lab.id] = Missing.TOO_OLD if held.unused.startswith(Missing.TOO_OLD) else Missing.SET_ASIDE
    return missing


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads candidates from the newest down, noting what it passes over."""

    vocabulary: LabVocabulary
    patient: Patient
    as_of: datetime
    set_aside: list[SetAside]

    def sample(self, items: list[Recognised]) -> Sample | None:
        """The newest usable result with the earlier ones; one taken after dialysis only where there is no other."""
        ordered = sorted(without_withdrawn_copies(items), key=lambda item: item.order, reverse=True)
        before = [item for item in ordered if not item.candidate.after_dialysis]
        found = self._newest(before)
        after = [item for item in ordered if item.candidate.after_dialysis] if len(before) < len(ordered) else []
        if found is None:
            found = self._newest(after)
            return None if found is None else replace(found, result=replace(found.result, unused=AFTER_DIALYSIS))
        for item in after:
            if item.order[0] >= found.instant:
                self._note(item, AFTER_DIALYSIS)
        series = self._earlier(found, before)
        return replace(found, result=replace(found.result, series=series)) if series else found

    def _newest(self, ordered: Iterable[Recognised]) -> Sample | None:
        """The newest usable result; of two of the same instant the one with a number."""
        worded: Sample | None = None
        for item in ordered:
            instant = item.order[0]
            if worded is not None and instant != worded.instant:
                return worded
            result = self._read(item)
            if result is None:
                continue
            if result.value is not None:
                held = result if worded is None else replace(result, word=result.word or worded.result.word)
                return Sample(held, instant)
            worded = worded or Sample(result, instant)
        return worded

    def _earlier(self, newest: Sample, ordered: Iterable[Recognised]) -> tuple[EarlierResult, ...]:
        """Earlier usable numbers, newest first, each some days older than the next; only where a course is followed.

        A date without its day says too little of how far two results lie apart.
        """
        vocabulary, last = self.vocabulary, newest.instant
        points: list[EarlierResult] = []
        if vocabulary.labs[newest.result.lab].trend is None or newest.result.age_days is None:
            return ()
        for item in ordered:
            moment = item.candidate.moment
            if moment is None or len(moment.text) < _WHOLE_DATE or item.reason:
                continue
            if last - moment.start < vocabulary.series_apart:
                continue
            try:
                value = read_number(item.candidate, vocabulary)
            except Unusable:
                continue
            if value is not None:
                points.append(EarlierResult(moment.text, moment.age_days(self.as_of), value))
                last = moment.start
                if len(points) == vocabulary.series_points:
                    break
        return tuple(points)

    def _read(self, item: Recognised) -> LabResult | None:
        reason = item.reason
        if not reason:
            try:
                return read_result(item.candidate, self.vocabulary, self.patient, self.as_of)
            except Unusable as error:
                reason = str(error)
        self._note(item, reason)
        return None

    def _note(self, item: Recognised, reason: str) -> None:
        lab = self.vocabulary.labs[item.candidate.known.lab]
        self.set_aside.append(SetAside(item.candidate.name, f"{lab.short}: {reason}"))
