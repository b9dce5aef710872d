"""What all stories share: the physiology, the hospitals, and the terms with their codes."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.core.labs import LabVocabulary
from cds_service.synthetic.points import Points

CREATININE, FILTRATION_RATE = "creatinine", "filtration-rate"
"""The formulas that a lab can come from instead of effects."""
FILTRATION = "filtration"
"""The state that both formulas are about."""


@dataclass(frozen=True, slots=True)
class StateModel:
    """Something that drives labs. `usual`: by age in years; `person`: how much people differ (variation)."""

    usual: Points
    person: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a state does to a lab: multiply it, or add to it in the lab's own unit."""

    of: str
    multiplies: bool
    points: Points


@dataclass(frozen=True, slots=True)
class Sent:
    """How a laboratory sends a result.

    Attributes:
        unit: UCUM; empty for words.
        shown: the unit as printed.
        factor: from this unit to the lab's own.
        loinc: code and long name.
    """

    unit: str
    shown: str
    decimals: int
    factor: float
    loinc: tuple[str, str]


@dataclass(frozen=True, slots=True)
class LabModel:
    """A lab: usual value by age, variation between people, of the method, and within one person, and effects.

    Attributes:
        formula: what it is computed by instead; empty for most.
        sent: by unit system.
    """

    usual: Points | None
    person: float
    analytic: float
    within: float
    effects: tuple[Effect, ...]
    formula: str
    sent: Mapping[str, Sent]


@dataclass(frozen=True, slots=True)
class Series:
    """Tests taken together, again and again: every so many days, give or take the spread."""

    tests: tuple[str, ...]
    every: int
    spread: int
    missed: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Height by age, as long as it is measured, and how long before the report at most."""

    usual: Points
    person: float
    until_age: float
    within_days: int
    loinc: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Physiology:
    """The model of `physiology.yaml`. `courses`: what becomes of states, by years before the report."""

    years: int
    states: Mapping[str, StateModel]
    labs: Mapping[str, LabModel]
    courses: Mapping[str, Mapping[str, Points]]
    follow_ups: Mapping[str, tuple[Series, ...]]
    growth: Growth


@dataclass(frozen=True, slots=True)
class Hospital:
    """What a house sends, and how its reports are laid out.

    Attributes:
        zone: its offset from UTC, such as "-05:00".
        beyond: by lab, in the lab's own unit, above what results are sent as ">".
        dates: how it writes dates, for strftime.
        headings: by section, in their order.
    """

    id: str
    country: str
    system: str
    ranges: bool
    zone: str
    beyond: Mapping[str, float]
    cancelled: float
    preliminary: float
    dates: str
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """A problem, procedure or drug: its text, and (system, code, display) as far as there are verified codes."""

    text: str
    codings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StudyTerm:
    """An examination. `modality`: DICOM; empty where it is not known."""

    text: str
    modality: str
    body_site: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What stories name by id."""

    problems: Mapping[str, Term]
    procedures: Mapping[str, Term]
    drugs: Mapping[str, Term]
    relatives: Mapping[str, tuple[str, str]]
    studies: Mapping[str, StudyTerm]
    report_code: tuple[str, str]
    report_categories: tuple[tuple[str, str, str], ...]
    order_categories: tuple[tuple[str, str, str], ...]
    mark: tuple[str, str]
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Common:
    """What people of an age have in their charts whatever their story is.

    Attributes:
        comes: years of age between which it comes.
        sex: whom it comes to; empty for everybody.
    """

    term: Term
    comes: tuple[float, float]
    sex: str


@dataclass(frozen=True, slots=True)
class Everyday:
    """The problems, procedures and drugs that say nothing about a calcification."""

    problems: tuple[Common, ...]
    procedures: tuple[Common, ...]
    drugs: tuple[Common, ...]


@dataclass(frozen=True, slots=True)
class World:
    """All of it, with the laboratory vocabulary of the rules."""

    physiology: Physiology
    hospitals: Mapping[str, Hospital]
    terms: Terms
    everyday: Everyday
    labs: LabVocabulary
