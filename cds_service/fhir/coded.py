"""Coded findings of a report: its `conclusionCode`, and the Observations of its `result` with their components."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from cds_service.core.facts import Lesion, Reading, SetAside, Span, State
from cds_service.core.findings import Findings, ReportReader, read_site, side_label
from cds_service.fhir.resources import codings, concept_text

_UNUSED_STATUS = frozenset({"entered-in-error", "cancelled"})
_NO_LENGTH = "a size without a length in mm or cm"

Json = Mapping[str, Any]
Site = tuple[str | None, str | None]


def coded_reading(report: Json, results: Iterable[Json], reader: ReportReader) -> Reading:
    """What the codes of a report say, as a reading without history.

    Args:
        report: a DiagnosticReport; its `conclusionCode` states findings as present.
        results: Observations of its `result`. Of each, and of each of its components, the code is looked up, and the
            value says whether it is present; a coded value that names a finding states it; a size is the lesion's.
        reader: knows the codes, and the sites that `bodySite` names.
    """
    said = _CodedFindings(reader)
    for concept in _items(report.get("conclusionCode")):
        said.state(concept, State.PRESENT, "DiagnosticReport", (None, None))
    for observation in results:
        if observation.get("status") not in _UNUSED_STATUS:
            said.read(observation)
    return said.reading()


class _CodedFindings:
    """Gathers what codes state, by site, whatever their order."""

    def __init__(self, reader: ReportReader) -> None:
        self._reader = reader
        self._vocabulary = reader.vocabulary
        self._lesions: dict[Site, Findings] = {}
        self._sizes: dict[Site, Decimal] = {}
        self._patient = Findings()
        self._set_aside: list[SetAside] = []

    def read(self, observation: Json) -> None:
        """Take one Observation with its components; a component lies where its Observation does."""
        name = f"Observation/{observation['id']}" if isinstance(observation.get("id"), str) else "Observation"
        site = self._site(observation.get("bodySite"))
        for part in (observation, *_items(observation.get("component"))):
            if self._is_size(part.get("code")):
                self._measure(part, name, site)
                continue
            self.state(part.get("code"), self._said(part), name, site)
            value = part.get("valueCodeableConcept")
            if isinstance(value, dict):
                self.state(value, State.PRESENT, name, site)

    def state(self, concept: object, state: State, resource: str, site: Site) -> None:
        """Take one code with what is said of it."""
        for system, code, display in codings(concept):
            finding = self._vocabulary.codes.get((system, code))
            if finding is None:
                continue
            of_patient = finding in self._vocabulary.patient_findings
            place = self._patient if of_patient else self._lesions.setdefault(site, Findings())
            place.say(finding, state, Span(0, 0, display or concept_text(concept) or code, resource))

    def reading(self) -> Reading:
        """All of it."""
        sites = dict.fromkeys((*self._lesions, *self._sizes))
        return Reading(tuple(map(self._lesion, sites)), self._patient.frozen(), (), tuple(self._set_aside))

    def _lesion(self, site: Site) -> Lesion:
        region, side = site
        label = self._vocabulary.region_labels.get(region or "", "site not stated")
        name = region or "unsited"
        findings = self._lesions.get(site, Findings()).frozen()
        lesion = f"{name}:{side}" if side else name
        return Lesion(lesion, side_label(label, side), region, self._sizes.get(site), findings, side)

    def _site(self, concept: object) -> Site:
        found = (read_site(text, self._reader) for text in _texts(concept))
        return next((site for site in found if site[0]), (None, None))

    def _is_size(self, concept: object) -> bool:
        words = self._vocabulary.size_names
        return any(text.strip().casefold() in words for text in _texts(concept))

    def _measure(self, part: Json, resource: str, site: Site) -> None:
        """Take a size; the largest of several is the lesion's."""
        quantity = part.get("valueQuantity")
        quantity = quantity if isinstance(quantity, dict) else {}
        number, units = quantity.get("value"), self._vocabulary.measures.units
        names = (str(quantity.get("code")), str(quantity.get("unit")))
        factor = next((units[unit] for unit in names if unit in units), None)
        if factor is None or isinstance(number, bool) or not isinstance(number, (int, float, Decimal)) or number <= 0:
            self._set_aside.append(SetAside(resource, _NO_LENGTH))
            return
        size = Decimal(str(number)) * factor
        self._sizes[site] = max(size, self._sizes.get(site, size))

    def _said(self, part: Json) -> State:
        """Present, denied or uncertain, by the value; without a value it is present."""
        value = part.get("valueBoolean")
        if isinstance(value, bool):
            return State.PRESENT if value else State.DENIED
        coded = part.get("valueCodeableConcept")
        answers = [*(code for _, code, _ in codings(coded)), *_texts(coded), str(part.get("valueString") or "")]
        said = (self._vocabulary.answers.get(answer.strip().casefold()) for answer in answers)
        return next((state for state in said if state is not None), State.PRESENT)


def _texts(concept: object) -> Iterator[str]:
    """The text of a CodeableConcept and the displays of its codings, without the empty ones."""
    return filter(None, (concept_text(concept), *(display for _, _, display in codings(concept))))


def _items(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
