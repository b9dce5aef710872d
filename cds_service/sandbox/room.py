"""The patients of the reporting room as its list shows them: tour, etiologies, matched pairs, and the quiet ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_service.synthetic.story import SyntheticPatient
from cds_service.synthetic.world import Sent

_MONTHS_TOLD = 24
_MONTH_DAYS, _YEAR_DAYS = 30.44, 365.25


@dataclass(frozen=True, slots=True)
class Room:
    """What the room knows.

    Attributes:
        patients: by id, in the order of the stories.
        units: how results are sent, by lab and unit system ("conventional", "si").
        tour: as `sandbox.tour.read_tour` gives it.
    """

    patients: Mapping[str, SyntheticPatient]
    units: Mapping[str, Mapping[str, Sent]]
    tour: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PatientLine:
    """One patient of the list. `etiologies` holds the names of what is there; `look` what the tour says to look at."""

    id: str
    title: str
    teaching: str
    age: str
    sex: str
    study: str
    grade: str
    etiologies: tuple[str, ...]
    look: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Patients that belong together."""

    title: str
    lines: tuple[PatientLine, ...]


Named = Callable[[str], str]
"""The name of an etiology, by its id."""


def tour_lines(room: Room, on: date, named: Named) -> tuple[PatientLine, ...]:
    """The patients of the tour, in its order, each with what it says to look at."""
    stops = room.tour["stops"]
    return tuple(line_of(room.patients[stop["patient"]], on, named, stop["look"].strip()) for stop in stops)


def by_etiology(room: Room, on: date, named: Named) -> tuple[Group, ...]:
    """Those that belong to no pair and have an etiology that can be told, by its name."""
    told = [one for one in room.patients.values() if one.truth.etiologies and _is_told(one)]
    return tuple(_grouped(told, lambda one: named(one.truth.etiologies[0]), on, named))


def pairs(room: Room, on: date, named: Named) -> tuple[Group, ...]:
    """The matched pairs, which differ in one fact."""
    paired = [one for one in room.patients.values() if one.truth.pair]
    return tuple(_grouped(paired, lambda one: one.truth.pair.replace("-", " ").capitalize(), on, named))


def quiet(room: Room, on: date, named: Named) -> tuple[PatientLine, ...]:
    """Those of whom nothing, or nothing certain, is to be said."""
    return tuple(line_of(one, on, named) for one in room.patients.values() if not _is_told(one) and not one.truth.pair)


def _is_told(one: SyntheticPatient) -> bool:
    return one.truth.grade not in ("silent", "undecided") and not one.truth.pair


def _grouped(
    patients: Iterable[SyntheticPatient], title: Callable[[SyntheticPatient], str], on: date, named: Named
) -> Iterator[Group]:
    found: dict[str, list[PatientLine]] = {}
    for one in patients:
        found.setdefault(title(one), []).append(line_of(one, on, named))
    yield from (Group(name, tuple(lines)) for name, lines in found.items())


def line_of(one: SyntheticPatient, on: date, named: Named, look: str = "") -> PatientLine:
    """One patient as the list shows it; `look` is what the tour says of it."""
    person = one.resources[0]
    return PatientLine(
        id=one.patient_id,
        title=one.title,
        teaching=one.teaching,
        age=age_text(date.fromisoformat(person["birthDate"]), on),
        sex=str(person.get("gender", "unknown")),
        study=str(_report_of(one).get("code", {}).get("text", "")),
        grade=one.truth.grade,
        etiologies=tuple(named(etiology) for etiology in one.truth.etiologies),
        look=look,
    )


def _report_of(one: SyntheticPatient) -> Mapping[str, Any]:
    reports = (part for part in one.resources if part["resourceType"] == "DiagnosticReport")
    return next((report for report in reports if report["status"] == "preliminary"), {})


def age_text(born: date, on: date) -> str:
    """An age as charts write it: in months up to two years, then in whole years."""
    days = (on - born).days
    months = int(days / _MONTH_DAYS)
    return f"{months} months" if months < _MONTHS_TOLD else f"{int(days / _YEAR_DAYS)} years"
