"""A story as its author told it, and a patient drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.synthetic.points import Points
from cds_service.synthetic.world import StudyTerm, Term, World

BACKGROUND = "background"
"""The grade of patients who fill a list and teach nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """A problem, procedure or drug of the chart.

    Attributes:
        since: days before the report.
        until: days before the report at which it was over; None while it lasts.
        reported: a drug that the patient takes without a prescription.
    """

    term: Term
    since: int
    until: int | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """What a relative has. `relation`: code and display."""

    relation: tuple[str, str]
    problem: Term


@dataclass(frozen=True, slots=True)
class Single:
    """A result given as it is, so many days before the report: a number in the lab's own unit, or a word."""

    lab: str
    value: float | str
    ago: int


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """A result of a test that the vocabulary does not hold, by name, with its unit and range as written."""

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Laboratory:
    """What is known of the blood.

    Attributes:
        states: what becomes of states, by years before the report.
        now: by lab, the newest result: a number in the lab's own unit, or a word.
        with_these: labs taken together with those of `now`, without a given value.
        measured: days before the report at which all of these were taken.
    """

    states: Mapping[str, Points]
    follow_up: tuple[str, ...]
    now: Mapping[str, float | str]
    with_these: tuple[str, ...]
    measured: int
    singles: tuple[Single, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """An examination and its report: sections by name, with alternatives in braces.

    Attributes:
        ago: days before the report being signed.
        reason: why it was asked for.
    """

    study: StudyTerm
    ago: int
    reason: str
    sections: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """One story. `etiologies`: what is there, first the one that the report is about; none in silent ones."""

    id: str
    grade: str
    title: str
    teaching: str
    etiologies: tuple[str, ...]
    pair: str
    hospitals: tuple[str, ...]
    age: tuple[float, float]
    sexes: tuple[str, ...]
    problems: tuple[Told, ...]
    procedures: tuple[Told, ...]
    drugs: tuple[Told, ...]
    family: tuple[Relative, ...]
    laboratory: Laboratory
    examined: Examined
    older: tuple[Examined, ...]
    world: World


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so, whatever the service says.

    Attributes:
        grade: typical, early, atypical, silent, undecided or background.
        pair: what the matched pair is called that this patient belongs to; empty for most.
    """

    etiologies: tuple[str, ...]
    grade: str
    pair: str


@dataclass(frozen=True, slots=True)
class SyntheticPatient:
    """A patient: FHIR R4 resources as JSON, the Patient first, and the truth.

    Resources share parts with each other and with those of other patients: copy before you change one.
    """

    patient_id: str
    story: str
    title: str
    teaching: str
    resources: tuple[dict[str, Any], ...]
    truth: Truth
