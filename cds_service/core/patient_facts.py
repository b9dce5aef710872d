"""Which facts of a patient's person a rule rests on: what its criteria ask, and what stands behind a lab's verdict."""

from collections.abc import Iterable, Iterator, Mapping

from cds_service.core.conditions import Atom, Condition, InHistory, LabIs, LabWithin, OfAge, OfSex
from cds_service.core.course import LabSustained, LabTrend
from cds_service.core.lab_words import LabKind
from cds_service.core.labs import Lab
from cds_service.core.rules import Alarm, Rule
from cds_service.core.scoring import criteria_of

AGE, SEX = "age", "sex"

ASKED = "asked in its criteria"
BY_RANGE = "the reference range of a result is chosen by it, and an eGFR that nobody reported is computed with it"
BY_DATE = "a time that is told as an age is counted with it"


def conditions_of(rule: Rule | Alarm) -> tuple[Condition, ...]:
    """Every condition that decides what a rule says."""
    if isinstance(rule, Rule):
        return (rule.entry, *(item.when for item in criteria_of(rule)))
    return (rule.trigger,) if rule.unless is None else (rule.trigger, rule.unless)


def facts_used(rule: Rule | Alarm, labs: Mapping[str, Lab]) -> dict[str, tuple[str, ...]]:
    """The facts that a rule rests on, as conditions name them ("age", "sex", "history:burn"), each with how.

    Args:
        rule: an etiology's, or a must-not-miss one.
        labs: by id.
    """
    found: dict[str, dict[str, None]] = {}
    for fact, how in _used(conditions_of(rule), labs):
        found.setdefault(fact, {})[how] = None
    return {fact: tuple(ways) for fact, ways in found.items()}


def _used(conditions: Iterable[Condition], labs: Mapping[str, Lab]) -> Iterator[tuple[str, str]]:
    for condition in conditions:
        for atom in condition.atoms():
            yield from _behind(atom, labs)


def _behind(atom: Atom, labs: Mapping[str, Lab]) -> Iterator[tuple[str, str]]:
    match atom:
        case OfAge():
            yield AGE, ASKED
        case OfSex():
            yield SEX, ASKED
        case InHistory():
            yield from ((fact, ASKED) for fact in atom.about)
            if atom.within_days is not None or atom.before_days is not None:
                yield AGE, BY_DATE
        case LabIs() | LabWithin() | LabTrend() | LabSustained():
            # A laboratory sends ranges by age and sex, and a result may be a mere "high"; titres and words have none.
            if labs[atom.lab].kind is LabKind.QUANTITY:
                yield from ((fact, BY_RANGE) for fact in (AGE, SEX))
