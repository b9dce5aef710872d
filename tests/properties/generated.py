"""Generated facts of the shipped content: labs at and around every limit, findings, history, age and sex.

What rules ask for is generated far more often than what they do not, or nearly every rule would stand at its prior.
"""

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from cds_service.core.evaluate import facts_asked
from cds_service.core.facts import (
    EarlierResult,
    Facts,
    Finding,
    HistoryFact,
    LabResult,
    Lesion,
    Missing,
    Patient,
    ReferenceRange,
    Span,
    State,
)
from cds_service.core.lab_words import LabKind
from cds_service.core.quantity import Interval
from cds_service.core.scoring import criteria_of
from cds_service.core.unknowns import all_atoms
from tests.building import AS_OF
from tests.scenarios.asking import CONTENT

ENGINE = CONTENT.engine
LABS = CONTENT.labs.labs
PATIENT_FINDINGS = CONTENT.reader.vocabulary.patient_findings
ENTRIES = ("soft-tissue-calcification", "soft-tissue-ossification")
LEVELS, SIGNS = ("high", "low", "normal"), ("positive", "negative")


def steady(examples: int) -> settings:
    """Settings of a property: the same examples in every run, so many of them, however slow the machine."""
    return settings(max_examples=examples, deadline=None, derandomize=True)


def _asked(kind: str) -> list[str]:
    rules = ENGINE.rules.rules
    refs = {ref for rule in rules for item in criteria_of(rule) for ref in facts_asked(item)}
    refs |= {ref for rule in rules for atom in all_atoms(rule) for ref in atom.about}
    return sorted(ref.partition(":")[2] for ref in refs if ref.startswith(f"{kind}:"))


FINDINGS = _asked("finding")
LESION_FINDINGS = [name for name in FINDINGS if name not in PATIENT_FINDINGS]
GENERAL_FINDINGS = [name for name in FINDINGS if name in PATIENT_FINDINGS]
HISTORY = _asked("history")
ASKED_LABS = _asked("lab")
REGIONS = sorted(CONTENT.reader.vocabulary.region_labels)

states = st.sampled_from([State.PRESENT, State.PRESENT, State.PRESENT, State.UNCERTAIN, State.DENIED])


def limits_of(lab: str) -> list[Decimal]:
    """Every limit that a rule or a default reference range sets for a lab, in its unit."""
    ends = [end for band in LABS[lab].bands for end in (band.range.low, band.range.high)]
    return sorted({*ENGINE.questions.limits.get(lab, ()), *(end for end in ends if end is not None)})


def values_of(lab: str) -> st.SearchStrategy[Decimal]:
    """Values of a lab in its unit: on each limit, next to it, and anywhere, with the decimals that the lab has."""
    step = Decimal(1).scaleb(-LABS[lab].decimals)
    limits = limits_of(lab) or [Decimal(10)]
    near = [max(limit + steps * step, step) for limit in limits for steps in (-1, 0, 1)]
    anywhere = st.integers(1, 4000).map(lambda count: count * step)
    return st.sampled_from(near).map(lambda value: value.quantize(step)) | anywhere


@st.composite
def results(draw: st.DrawFn, name: str, *, comparators: bool = True) -> LabResult:
    """A result of a lab: a number, a number with a comparator, or a word; with its own range, a default one or none."""
    lab = LABS[name]
    value: Interval | None = None
    if lab.unit:
        number = draw(values_of(name))
        open_ended = [Interval(number, None, low_open=True), Interval(None, number, high_open=True)]
        value = draw(st.sampled_from([Interval.exactly(number), None, *(open_ended if comparators else [])]))
    words = LEVELS if lab.kind is LabKind.QUANTITY else SIGNS
    word = draw(st.sampled_from(words)) if value is None else draw(st.sampled_from([None, None, *words]))
    ranges = [ReferenceRange(band.range.low, band.range.high, "own") for band in lab.bands]
    limits = draw(st.sampled_from([None, *ranges])) if ranges else None
    age_days = draw(st.sampled_from([0, 1, 30, 400, 4000, None]))
    earlier = () if value is None or age_days is None else draw(series(name, age_days, comparators=comparators))
    resource = f"Observation/{name}"
    return LabResult(name, value, word, limits, "as sent", "", "", age_days, resource, earlier)


@st.composite
def series(draw: st.DrawFn, name: str, age_days: int, *, comparators: bool) -> tuple[EarlierResult, ...]:
    """Earlier results of a lab whose course is followed, newest first; none of other labs."""
    if LABS[name].trend is None:
        return ()
    points = []
    for apart in draw(
        st.lists(st.sampled_from([14, 15, 30, 60, 89, 90, 91, 180, 400]), max_size=4, unique=True).map(sorted)
    ):
        number = draw(values_of(name))
        ends = [Interval(number, None, low_open=True), Interval(None, number, high_open=True)] if comparators else []
        points.append(EarlierResult("", age_days + apart, draw(st.sampled_from([Interval.exactly(number), *ends]))))
    return tuple(points)


@st.composite
def lab_results(draw: st.DrawFn, *, comparators: bool = True) -> dict[str, LabResult]:
    """Results of some labs that rules ask for."""
    chosen = draw(st.lists(st.sampled_from(ASKED_LABS), unique=True, max_size=8))
    return {name: draw(results(name, comparators=comparators)) for name in chosen}


def findings(names: list[str], most: int) -> st.SearchStrategy[dict[str, Finding]]:
    """Some findings, by concept."""
    some = st.dictionaries(st.sampled_from(names), states, max_size=most)
    return some.map(
        lambda stated: {name: Finding(name, state, (Span(0, 5, "words"),)) for name, state in stated.items()}
    )


@st.composite
def lesions(draw: st.DrawFn) -> Lesion:
    """A lesion, mostly with a finding that lets a rule be entered."""
    region = draw(st.sampled_from([None, *REGIONS]))
    stated = draw(findings(LESION_FINDINGS, 7))
    for entry in draw(st.sampled_from([(), ENTRIES[:1], ENTRIES[:1], ENTRIES[1:], ENTRIES])):
        stated = {**stated, entry: Finding(entry, State.PRESENT, (Span(0, 5, "words"),))}
    size = draw(st.none() | st.integers(1, 200).map(Decimal))
    number = draw(st.integers(0, 99))
    return Lesion(f"lesion-{number}", region or "site not stated", region, size, stated)


@st.composite
def facts(draw: st.DrawFn, *, comparators: bool = True) -> Facts:
    """Facts of one report, as rules ask for them."""
    labs = draw(lab_results(comparators=comparators))
    history = draw(st.dictionaries(st.sampled_from(HISTORY), st.tuples(states, _ages_of_entries), max_size=5))
    lists = draw(st.sets(st.sampled_from(["conditions", "procedures", "medications"])))
    age = draw(st.none() | st.integers(0, 95).map(Decimal))
    return Facts(
        as_of=AS_OF,
        patient=Patient(age, draw(st.sampled_from([None, "female", "male"]))),
        labs=labs,
        missing_labs={lab: draw(_reasons) for lab in LABS if lab not in labs},
        history={
            name: HistoryFact(name, state, name, "Condition/1", "", days) for name, (state, days) in history.items()
        },
        history_lists=frozenset(lists),
        lesions=tuple(draw(st.lists(lesions(), max_size=3, unique_by=lambda lesion: lesion.id))),
        findings=draw(findings(GENERAL_FINDINGS, 4)),
        set_aside=(),
    )


_ages_of_entries = st.sampled_from([None, 10, 400, 9000])
_reasons = st.sampled_from(list(Missing))
