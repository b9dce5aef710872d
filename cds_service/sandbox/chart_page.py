"""The chart of one patient, in the lines that a page shows: problems, procedures, medicines, orders, older reports."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.sandbox.report_parts import report_parts
from cds_service.sandbox.store import FhirStore

_DAY = 10
_DRAFT = "preliminary"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a list of the chart: what it is, since or of when, and what else is said of it."""

    text: str
    when: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class OlderReport:
    """A signed report."""

    title: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class ChartLists:
    """The lists of a chart; each empty where the chart has none."""

    problems: tuple[Line, ...]
    procedures: tuple[Line, ...]
    medicines: tuple[Line, ...]
    family: tuple[Line, ...]
    orders: tuple[Line, ...]
    studies: tuple[Line, ...]
    older: tuple[OlderReport, ...]


def chart_lists(store: FhirStore, patient: str) -> ChartLists:
    """The lists of one patient's chart, the newest first."""

    def of(*kinds: str) -> list[Json]:
        return [one for kind in kinds for one in store.of_patient(kind, patient)]

    return ChartLists(
        problems=_newest(_problem(one) for one in of("Condition")),
        procedures=_newest(Line(_words(one), _day(one, "performedDateTime")) for one in of("Procedure")),
        medicines=_newest(_medicine(one) for one in of("MedicationStatement", "MedicationRequest")),
        family=tuple(_relative(one) for one in of("FamilyMemberHistory")),
        orders=_newest(_order(one) for one in of("ServiceRequest")),
        studies=_newest(_study(one) for one in of("ImagingStudy")),
        older=tuple(_older(of("DiagnosticReport"))),
    )


def _newest(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(dict.fromkeys(lines), key=lambda line: line.when, reverse=True))


def _problem(one: Json) -> Line:
    ended = _day(one, "abatementDateTime")
    status = next((coding.get("code", "") for coding in one.get("clinicalStatus", {}).get("coding", ())), "")
    return Line(_words(one), _day(one, "onsetDateTime"), f"until {ended}" if ended else status)


def _medicine(one: Json) -> Line:
    period = one.get("effectivePeriod", {})
    begun = _day(period, "start") or _day(one, "authoredOn")
    ended = _day(period, "end")
    return Line(_words(one, "medicationCodeableConcept"), begun, f"until {ended}" if ended else str(one.get("status")))


def _relative(one: Json) -> Line:
    conditions = ", ".join(_words(condition) for condition in one.get("condition", ()))
    return Line(f"{_words(one, 'relationship').capitalize()}: {conditions}", "")


def _order(one: Json) -> Line:
    reasons = "; ".join(reason.get("text", "") for reason in one.get("reasonCode", ()))
    return Line(_words(one), _day(one, "authoredOn"), "; ".join(filter(None, (str(one.get("status")), reasons))))


def _study(one: Json) -> Line:
    modality = ", ".join(coding.get("code", "") for coding in one.get("modality", ()))
    return Line(str(one.get("description", "")), _day(one, "started"), modality)


def _older(reports: Iterable[Json]) -> Iterator[OlderReport]:
    signed = [one for one in reports if one.get("status") != _DRAFT]
    for one in sorted(signed, key=lambda report: str(report.get("effectiveDateTime", "")), reverse=True):
        yield OlderReport(_words(one), _day(one, "effectiveDateTime"), report_parts(one).text)


def _words(one: Json, member: str = "code") -> str:
    concept = one.get(member, {})
    codings = (str(coding.get("display", "")) for coding in concept.get("coding", ()))
    return str(concept.get("text", "")) or next(codings, "")


def _day(one: Json, member: str) -> str:
    return str(one.get(member, ""))[:_DAY]
