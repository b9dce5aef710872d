"""The labs that rules may ask for: how each is known, converted, and compared."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from cds_service.core.course import TrendTerms
from cds_service.core.facts import HistoryFact, LabResult, Patient, ReferenceRange, State
from cds_service.core.lab_words import LabKind, NameWords, ResultWords, folded_unit
from cds_service.core.quantity import Interval
from cds_service.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RangeBand:
    """A default reference range, in the lab's unit, for ages from `from_years` up to but not including `to_years`."""

    from_years: Decimal | None
    to_years: Decimal | None
    sex: str | None
    range: ReferenceRange

    def covers_age(self, years: Decimal) -> bool:
        """Whether the band is meant for this age."""
        old_enough = self.from_years is None or years >= self.from_years
        return old_enough and (self.to_years is None or years < self.to_years)


@dataclass(frozen=True, slots=True)
class Orderable:
    """How the lab is ordered: plain name, LOINC code with its long name, and place in the work-up (1 comes first)."""

    name: str
    loinc: str
    display: str
    place: int


@dataclass(frozen=True, slots=True)
class AnswersFor:
    """The lab whose "high", "low" or "normal" this one decides. Its number is never lent.

    Attributes:
        overrides: decides even where the other lab has a result of its own; otherwise only where it has none.
        within_days: how much older than that result it may be.
    """

    lab: str
    overrides: bool
    within_days: int


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab of the vocabulary.

    Attributes:
        unit: the unit (UCUM) that numbers are compared in; empty for labs that are words only.
        unit_if_none: the unit of a number that comes without one; empty where such a number is not understood.
        decimals: the decimals of that unit that matter.
        factors: by substance measured (mostly the lab itself), the exact factor from each accepted UCUM unit.
        bases: by substance, what a conversion between mass and amount rests on.
        bands: default reference ranges by age and sex.
        plausible: limits beyond which a number is more likely a wrong unit than a patient.
        positive_from: the titre from which the result is positive.
        prefetch: the prefetch key under which results come.
        loincs: the codes that are matched.
        stale_days: an older result is shown and counts as unknown; None where age does not matter.
        changed_by_dialysis: a sample taken after dialysis says nothing of the patient.
        trend: what counts as a trend; None for labs whose earlier results are not kept.
        caution: the history entries beside which a result needs a remark, and the remark; mostly None.
        product_of: the two labs of one sample that it is worked out from; mostly empty.
    """

    id: str
    label: str
    short: str
    kind: LabKind
    unit: str
    unit_if_none: str
    decimals: int
    factors: Mapping[str, Mapping[str, Decimal]]
    bases: Mapping[str, str]
    bands: tuple[RangeBand, ...]
    plausible: tuple[Decimal, Decimal] | None
    positive_from: Decimal | None
    prefetch: str
    loincs: tuple[str, ...]
    orderable: Orderable | None
    answers_for: AnswersFor | None
    stale_days: int | None = None
    changed_by_dialysis: bool = False
    trend: TrendTerms | None = None
    product_of: tuple[str, ...] = ()
    caution: tuple[frozenset[str], str] | None = None

    def factor(self, unit: str, substance: str = "") -> Decimal | None:
        """The exact factor from a UCUM unit to the lab's own unit; None for a unit that is not accepted."""
        return self.factors.get(substance or self.id, {}).get(unit)

    def is_plausible(self, value: Interval) -> bool:
        """Whether a patient can have such a value. A comparator is judged by the end that it states."""
        if self.plausible is None:
            return True
        lowest, highest = self.plausible
        stated = [end for end in (value.low, value.high) if end is not None]
        if value.exact is None:
            # "<0.3" and ">30" say that the true value lies beyond, so only the far side can be judged.
            return all(end <= highest for end in stated) if value.high is None else all(end >= 0 for end in stated)
        return all(lowest <= end <= highest for end in stated)

    def is_surely_plausible(self, value: Interval) -> bool:
        """Whether an exact value lies so far within the limits that rounding cannot matter."""
        if self.plausible is None or value.low is None or value.low is not value.high:
            return False
        lowest, highest = self.plausible
        return lowest + 1 < value.low < highest - 1

    def ranges_for(self, patient: Patient) -> tuple[ReferenceRange, ...]:
        """The default ranges that may apply; more than one where age or sex is unknown and would matter."""
        return tuple(
            band.range
            for band in self.bands
            if (patient.age_years is None or band.covers_age(patient.age_years))
            and (patient.sex is None or band.sex in (None, patient.sex))
        )

    def range_for(self, patient: Patient) -> ReferenceRange | None:
        """The default range for this patient; None where there is none, or where age or sex leaves it open."""
        found = self.ranges_for(patient)
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Known:
    """What a code or a name stands for: a lab, the substance measured, and whether the sample is one after dialysis.

    `says` is the result that the name itself states, as "hypercalcaemia" does; empty for all others.
    """

    lab: str
    substance: str
    after_dialysis: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Height:
    """How a child's height is known and read; it is no lab, and serves the renal function only.

    Attributes:
        loincs: its codes.
        names: by `NameWords.key`.
        factors: centimetres in each unit, by `folded_unit`.
        plausible: limits in centimetres.
        prefetch: the prefetch key under which heights come.
        within_days: how far from the creatinine it may have been taken: children grow.
        from_years: the age from which the children's equation holds.
    """

    loincs: tuple[str, ...]
    names: frozenset[str]
    factors: Mapping[str, Decimal]
    plausible: tuple[Decimal, Decimal]
    prefetch: str
    within_days: int
    from_years: Decimal


@dataclass(frozen=True, slots=True)
class Panel:
    """Labs that are on order when a test of one of these names is."""

    names: frozenset[str]
    labs: frozenset[str]


@dataclass(frozen=True)
class LabVocabulary:
    """All labs, and every way of recognising them.

    Attributes:
        labs: by id, in the vocabulary's order.
        by_code: by LOINC code.
        excluded: LOINC codes that look like one of the labs and are not, with the lab and the reason.
        unverified: LOINC codes whose meaning no source here confirms, with the lab that they are thought to be.
        by_name: by `NameWords.key`.
        unit_spellings: by `folded_unit`, UCUM's own spellings included, these as they are, too: most results use them.
        prefetch_count: results to ask for in each prefetch template.
        newest_egfr_days: a reported eGFR older than this gives way to a computed one.
        egfr_leads_days: so does one that is older than the newest creatinine by more than this.
        series_points: how many earlier results are kept at most, and `series_apart` how far apart.
        height: how a child's height is read.
        range_labels: the words for whom a reference range is, by group: anyone, male, female, adult, child.
        after_dialysis: how a text says that the sample was taken after dialysis.
        specimens_after_dialysis: how the name of a specimen says so.
    """

    labs: Mapping[str, Lab]
    by_code: Mapping[str, Known]
    excluded: Mapping[str, tuple[str, str]]
    unverified: Mapping[str, str]
    by_name: Mapping[str, Known]
    names: NameWords
    words: ResultWords
    unit_spellings: Mapping[str, str]
    panels: tuple[Panel, ...]
    prefetch_count: int
    newest_egfr_days: int
    egfr_leads_days: int
    series_points: int
    series_apart: timedelta
    height: Height
    range_labels: Mapping[str, frozenset[str]]
    after_dialysis: re.Pattern[str]
    specimens_after_dialysis: re.Pattern[str]

    def named(self, name: str) -> Known | None:
        """The lab that a free-text name stands for."""
        found = self.by_name.get(self.names.key(name))
        if found is not None or not name:
            return found
        head, _, rest = name.replace("(", ",").partition(",")
        return self.by_name.get(self.names.key(head)) if rest and self.names.may_be_cut(rest) else None

    def ucum(self, spelling: str) -> str | None:
        """The UCUM unit that a spelling stands for; None where it is not understood."""
        return self.unit_spellings.get(spelling) or self.unit_spellings.get(folded_unit(spelling))

    def conversion(self, lab: str, unit: str) -> tuple[Decimal, int] | None:
        """The factor from a unit to the lab's own, and the lab's decimals; None for a unit that is not accepted."""
        known = self.labs[lab]
        factor = known.factor(self.ucum(unit) or unit)
        return None if factor is None else (factor, known.decimals)

    def with_cautions(
        self, labs: Mapping[str, LabResult], history: Mapping[str, HistoryFact]
    ) -> Mapping[str, LabResult]:
        """The results, each with the remark that the history asks for."""
        told = dict(labs)
        for lab, result in labs.items():
            caution = self.labs[lab].caution
            if caution is not None and any(
                entry in history and history[entry].state is State.PRESENT for entry in caution[0]
            ):
                told[lab] = replace(result, conversion="; ".join(filter(None, (result.conversion, caution[1]))))
        return told

    def range_for(self, patient: Patient) -> Callable[[str], ReferenceRange | None]:
        """The default reference range of each lab for this patient, by lab id."""
        return lambda lab: self.labs[lab].range_for(patient)


def level(value: Interval, limits: ReferenceRange) -> str | None:
    """The word for a value by a reference range; None where the value or a missing end leaves it open."""
    if limits.high is not None and value.above(limits.high) is Verdict.MET:
        return "high"
    if limits.low is not None and value.below(limits.low) is Verdict.MET:
        return "low"
    not_high = limits.high is None or value.at_most(limits.high) is Verdict.MET
    not_low = limits.low is None or value.at_least(limits.low) is Verdict.MET
    return "normal" if not_high and not_low else None
