"""What may be changed in a what-if: each lab that a rule asks for, with the numbers that are worth trying."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cds_service.content.load import Content
from cds_service.core.facts import Patient, ReferenceRange
from cds_service.core.lab_words import LabKind
from cds_service.core.labs import Lab
from cds_service.core.patient_facts import conditions_of
from cds_service.sandbox.results import LabLine, Shown, Units, shown_units

_LAB = "lab:"
_TIMES = 4
"""How far beyond the reference range a slider reaches: so many times its upper end."""
_ROOM = Decimal("1.25")
"""How far a slider goes on beyond the value at hand."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One lab.

    Attributes:
        words: the answers of a lab that is told in words; empty for a number.
        low, high: where the slider ends, in the lab's own unit.
        limits: its reference range for this patient.
        value: the newest number in the chart, in the lab's own unit; None where there is none.
        word: the newest answer in words.
        shown: how its numbers are written, by unit system.
    """

    lab: str
    label: str
    words: tuple[str, ...]
    low: Decimal
    high: Decimal
    limits: ReferenceRange | None
    value: Decimal | None
    word: str
    shown: Mapping[str, Shown]

    @property
    def is_known(self) -> bool:
        """Whether the chart has a result."""
        return self.value is not None or bool(self.word)


def knobs(content: Content, units: Units, lines: Iterable[LabLine], whose: Patient) -> tuple[Knob, ...]:
    """The labs that the rules ask for, those with a result first."""
    on_file = {line.lab: line for line in lines if line.lab}
    asked = {fact.removeprefix(_LAB) for fact in _facts_asked(content) if fact.startswith(_LAB)}
    made = [_knob(lab, units, on_file.get(lab.id), whose, content) for lab in content.labs.labs.values() if _fits(lab)]
    return tuple(sorted((one for one in made if one.lab in asked), key=lambda one: not one.is_known))


def _facts_asked(content: Content) -> Iterable[str]:
    rules = content.engine.rules
    asked = [*map(conditions_of, rules.rules), *map(conditions_of, rules.alarms)]
    return (
        fact for conditions in asked for condition in conditions for atom in condition.atoms() for fact in atom.about
    )


def _fits(lab: Lab) -> bool:
    """Whether it is measured: what is only worked out of other labs is changed with these."""
    return bool(lab.loincs) and not lab.product_of


def _knob(lab: Lab, units: Units, line: LabLine | None, whose: Patient, content: Content) -> Knob:
    numeric = lab.kind is LabKind.QUANTITY
    value = _end(line) if line is not None and numeric else None
    limits = (line.row.limits if line is not None else None) or (lab.range_for(whose) if numeric else None)
    low, high = _reach(lab, limits, value) if numeric else (Decimal(0), Decimal(0))
    return Knob(
        lab=lab.id,
        label=lab.short,
        words=() if numeric else ("positive", "negative"),
        low=low,
        high=high,
        limits=limits,
        value=value,
        word=line.row.sent.lower() if line is not None and not numeric else "",
        shown=shown_units(lab.id, content.labs, units),
    )


def _end(line: LabLine) -> Decimal | None:
    value = line.row.value
    if value is None:
        return None
    return value.low if value.low is not None else value.high


def _reach(lab: Lab, limits: ReferenceRange | None, value: Decimal | None) -> tuple[Decimal, Decimal]:
    """Around the reference range, as wide as the value at hand asks, within what a patient can have."""
    lowest, highest = lab.plausible or (Decimal(0), Decimal(100))
    low = limits.low if limits is not None else None
    high = limits.high if limits is not None else None
    # A range that is open above is one of a function that fails: there the low numbers are worth trying.
    begin = low / _TIMES if low is not None and high is not None else lowest
    top = high if high is not None else low
    end = top * _TIMES if top is not None else highest
    begin, end = max(begin, lowest), min(end, highest)
    return (begin, end) if value is None else (min(begin, value), max(end, value * _ROOM))
