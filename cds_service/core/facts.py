"""What a call knows: the values that the engine judges. Frozen, complete, and free of any source format.

Everything the engine says is said of these values, so a call can be judged again from them alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from cds_service.core.quantity import Interval


class State(StrEnum):
    """What a text or a chart says of a finding or a history entry. Not being there at all is "not stated"."""

    PRESENT = "present"
    DENIED = "denied"
    UNCERTAIN = "uncertain"


class Assertion(StrEnum):
    """How a report says something: of here and now (present, absent, uncertain), of before, of another, or not at all.

    "Hypothetical" is what is asked for, advised, or named for comparison only.
    """

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"
    SOMEONE_ELSE = "someone else's"
    HYPOTHETICAL = "hypothetical"


class Missing(StrEnum):
    """Why a lab has no usable value. All of these are unknown; they read differently to a clinician."""

    NOT_PROVIDED = "not provided"
    NONE_ON_FILE = "none on file"
    NOT_READABLE = "could not be read"
    NOT_REACHABLE = "the FHIR server did not answer"
    NOT_PERMITTED = "access not permitted"
    NOT_ALL_READ = "not all of it was read"
    SET_ASIDE = "set aside"
    TOO_OLD = "too old"
    NOT_DERIVED = "could not be worked out"
    NOT_READ_THEN = "not read in this form when the call was recorded"


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """The limits of normal for one result, in the lab's unit. Either end may be open. `source` says whose they are."""

    low: Decimal | None
    high: Decimal | None
    source: str


class EarlierResult(NamedTuple):
    """An earlier result of a lab, as far as its course asks.

    Attributes:
        effective: the date as sent, cut to the day.
        age_days: whole days from the result to the call.
        value: what the number allows, in the lab's unit.
    """

    effective: str
    age_days: int
    value: Interval


@dataclass(frozen=True, slots=True)
class LabResult:
    """The newest usable result of one lab.

    Attributes:
        lab: id in `rules/vocabulary/labs.yaml`.
        value: what the number allows, in the lab's unit; None where only a word was reported.
        word: "high", "low", "normal", "positive" or "negative", from an interpretation code or a worded result.
        range: the reference range that applies, in the lab's unit.
        sent: the value as it was sent, with its unit.
        conversion: how the value sent became the value compared; empty when nothing was converted.
        effective: the date or time of the result as sent, cut to the day; empty when undated.
        age_days: whole days from the result to the call; None when undated.
        resource: "Observation/id".
        series: earlier usable results, newest first; only of labs whose course is followed, and only dated ones.
        unused: why the result is shown and not judged, such as its age; empty for one that is judged.
    """

    lab: str
    value: Interval | None
    word: str | None
    range: ReferenceRange | None
    sent: str
    conversion: str
    effective: str
    age_days: int | None
    resource: str
    series: tuple[EarlierResult, ...] = ()
    unused: str = ""


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """One history concept as the chart or the report's own indication states it.

    Attributes:
        concept: id in `rules/vocabulary/history.yaml`.
        state: present, denied or uncertain.
        label: the words or the code's display that state it.
        resource: "Condition/id", "Procedure/id", or "report" for the report's own text.
        onset: ISO date as sent, or the words of a text that say when ("3 months ago"); empty when undated.
        age_days: whole days from the onset to the call; None when undated.
        at_least: it began then or earlier: the date is the day it was recorded, or the words say no more than that.
        ended: None unless it is said to be over; the date of that as for `onset`, empty when undated.
        ended_days: whole days from its end to the call; None when undated.
        by_age: the age in years by which it had begun, where a text says so; None once `age_days` was made of it.
    """

    concept: str
    state: State
    label: str
    resource: str
    onset: str = ""
    age_days: int | None = None
    at_least: bool = False
    ended: str | None = None
    ended_days: int | None = None
    by_age: int | None = None

    @property
    def least_days(self) -> int | None:
        """The days since the onset at the least: a year or a month alone may mean its last day. None when undated."""
        if self.age_days is None:
            return None
        is_date = self.onset.replace("-", "").isdigit()
        return max(self.age_days - (_DAYS_LEFT_OPEN.get(len(self.onset), 0) if is_date else 0), 0)


_DAYS_LEFT_OPEN = {len("2020"): 364, len("2020-01"): 30}


class Span(NamedTuple):
    """Where the report says something: character positions in the report text, and the clause that says it.

    `resource` is "report" for narrative text, or "Observation/id" and the like for a coded finding (positions 0, 0).
    `quote_start` is where in the report the quote begins; -1 where that does not say at which of its letters the words
    stand, because runs of white space were shortened in it.
    """

    start: int
    end: int
    quote: str
    resource: str = "report"
    quote_start: int = -1


class Outweighed(NamedTuple):
    """What else is said of a finding, elsewhere in the report or by a code, and gave way to its state."""

    state: State
    span: Span


class Aside(NamedTuple):
    """A finding that the report mentions without saying that it is there, is not there, or may be there.

    Attributes:
        concept: the finding's id.
        assertion: how it is mentioned.
        reason: why it does not count: the category of the cue that reaches it, or the kind of section it stands in.
        region, side: where, as far as its clause says.
        span: the words.
    """

    concept: str
    assertion: Assertion
    reason: str
    region: str | None
    side: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as stated of one lesion or of the patient; `outweighed` holds what says otherwise of it."""

    concept: str
    state: State
    spans: tuple[Span, ...]
    outweighed: tuple[Outweighed, ...] = ()

    def disputed_by(self) -> tuple[Outweighed, ...]:
        """What a code says otherwise than the text, or the text than a code, or one code than another."""
        stating = {span.resource for span in self.spans}
        return tuple(other for other in self.outweighed if other.span.resource not in stating)


@dataclass(frozen=True, slots=True)
class Lesion:
    """A site of the body and what the report says of it.

    Attributes:
        id: stable within the report, such as "hip:right".
        label: as a person reads it, such as "right hip"; "site not stated" where none is.
        region: site id in `rules/vocabulary/findings.yaml`, or None.
        size_mm: the largest size stated, in millimetres.
        findings: by concept id.
        side: right, left or both; None where the report does not say.
        number: how many deposits or masses: "one", "several" or a count such as "3"; empty where it does not say.
        course: new, growing, stable or resolved; empty where it does not say.
    """

    id: str
    label: str
    region: str | None
    size_mm: Decimal | None
    findings: Mapping[str, Finding]
    side: str | None = None
    number: str = ""
    course: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """Whose facts these are, as far as rules ask. None is unknown."""

    age_years: Decimal | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that was received and not used, with the reason, in words that hold no patient data.

    `count` says of how many things of the kind this one entry speaks.
    """

    resource: str
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What one report says: its lesions, the patient's findings, the history it tells, and what it only mentions."""

    lesions: tuple[Lesion, ...]
    findings: Mapping[str, Finding]
    history: tuple[HistoryFact, ...]
    set_aside: tuple[SetAside, ...]
    asides: tuple[Aside, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one call knows.

    Attributes:
        as_of: when the call was made; ages and staleness count back from here.
        patient: age and sex.
        labs: newest usable result by lab id.
        missing_labs: why there is no result to judge by, by lab id, for every lab of the vocabulary that is not in
            `labs` or is there unused.
        history: by concept id.
        history_lists: which lists were read, of "conditions", "procedures", "medications" and "family"; a concept
            absent from a list that was read is "not stated", one whose lists were not read is unknown.
        lesions: what the report says, by lesion.
        findings: findings of the patient as a whole, by concept id.
        set_aside: what was received and not used.
        asides: what the report mentions without stating it of this patient here and now; nothing is judged by it.
        chart_gaps: what the chart did not give of what was asked for, by prefetch key, and why.
    """

    as_of: datetime
    patient: Patient
    labs: Mapping[str, LabResult]
    missing_labs: Mapping[str, Missing]
    history: Mapping[str, HistoryFact]
    history_lists: frozenset[str]
    lesions: tuple[Lesion, ...]
    findings: Mapping[str, Finding]
    set_aside: tuple[SetAside, ...]
    asides: tuple[Aside, ...] = ()
    chart_gaps: Mapping[str, Missing] = field(default_factory=dict)
