"""The facts behind a verdict, in words a clinician can check: value, unit, date, range, or the report's own words."""

from collections.abc import Iterable

from cds_service.core.facts import Facts, Finding, HistoryFact, LabResult, Lesion, ReferenceRange, State
from cds_service.core.labels import Labels
from cds_service.core.quantity import Interval


def lesion_of(facts: Facts, lesion_id: str) -> Lesion | None:
    """The lesion with this id."""
    return next((lesion for lesion in facts.lesions if lesion.id == lesion_id), None)


def describe(refs: Iterable[str], facts: Facts, lesion: Lesion | None, labels: Labels) -> str:
    """The facts that these references name, joined into one line of plain text; not yet escaped for Markdown."""
    told = dict.fromkeys(_one(ref, facts, lesion, labels) for ref in refs)
    return "; ".join(text for text in told if text)


def states_presence(ref: str, facts: Facts, lesion: Lesion | None) -> bool:
    """Whether the fact is there and not denied or uncertain."""
    kind, _, name = ref.partition(":")
    if kind == "finding":
        stated = lesion.findings.get(name) if lesion is not None else None
        stated = stated or facts.findings.get(name)
        return stated is not None and stated.state is State.PRESENT
    if kind == "history":
        return name in facts.history and facts.history[name].state is State.PRESENT
    return ref in facts_there(facts, lesion)


def is_denied(ref: str, facts: Facts, lesion: Lesion | None) -> bool:
    """Whether a finding is said not to be there."""
    name = ref.removeprefix("finding:")
    stated = (lesion.findings.get(name) if lesion is not None else None) or facts.findings.get(name)
    return stated is not None and stated.state is State.DENIED


def facts_there(facts: Facts, lesion: Lesion | None) -> frozenset[str]:
    """Every fact that could answer a question at this lesion: "lab:egfr", "finding:lobulated", "age" and so on.

    A result that is shown and not judged is none of them.
    """
    there = {f"history:{entry}" for entry in facts.history}
    there |= {f"lab:{lab}" for lab, result in facts.labs.items() if not result.unused}
    there |= {f"course:{lab}" for lab, result in facts.labs.items() if result.series and not result.unused}
    there |= {f"finding:{finding}" for finding in facts.findings}
    if facts.patient.age_years is not None:
        there.add("age")
    if facts.patient.sex is not None:
        there.add("sex")
    if lesion is not None:
        there |= {f"finding:{finding}" for finding in lesion.findings}
        if lesion.region is not None:
            there.add("site")
        if lesion.size_mm is not None:
            there.add("size")
    return frozenset(there)


def _one(ref: str, facts: Facts, lesion: Lesion | None, labels: Labels) -> str:
    kind, _, name = ref.partition(":")
    if kind == "lab":
        result = facts.labs.get(name)
        return lab_text(result, labels) if result is not None else ""
    if kind == "course":
        result = facts.labs.get(name)
        return "" if result is None else course_text(result)
    if kind == "history":
        entry = facts.history.get(name)
        if entry is None:
            return ""
        return history_text(entry) if entry.state is State.PRESENT else f"{entry.state}: {history_text(entry)}"
    if kind == "finding":
        stated = lesion.findings.get(name) if lesion is not None else None
        stated = stated or facts.findings.get(name)
        return "" if stated is None else finding_text(stated)
    if kind == "age":
        return f"age {age_text(facts)}"
    if kind == "sex":
        return facts.patient.sex or ""
    if kind == "size" and lesion is not None and lesion.size_mm is not None:
        return f"{lesion.size_mm} mm"
    return lesion.label if lesion is not None else ""


def age_text(facts: Facts) -> str:
    """The age in years, with one decimal under three; "not known" without one."""
    years = facts.patient.age_years
    if years is None:
        return "not known"
    return f"{years:.1f}" if years < 3 else str(int(years))


def lab_text(result: LabResult, labels: Labels) -> str:
    """A result as sent and as compared, with date and range: "phosphate 2.65 mmol/L = 8.2 mg/dL on ... (range ...)"."""
    name = labels.labs.get(result.lab, result.lab)
    told = f"{name} {result.sent}"
    if result.conversion and result.value is not None and result.value.exact is not None:
        told += f" = {result.value.exact} {labels.units.get(result.lab, '')}"
    if result.effective:
        told += f", {result.effective}"
    limits = range_text(result.range, labels.units.get(result.lab, ""), short=True)
    return f"{told} ({limits})" if limits else told


def course_text(result: LabResult) -> str:
    """The earlier results in the lab's unit, newest first: "before: 27 (120 days earlier), 31 (200 days earlier)"."""
    now = result.age_days or 0
    told = [f"{value_text(point.value)} ({point.age_days - now} days earlier)" for point in result.series]
    return f"before: {', '.join(told)}" if told else ""


def value_text(value: Interval) -> str:
    """A number as laboratories write it: "7.4", ">90", "<=5", or "7-8"."""
    if value.exact is not None:
        return str(value.exact)
    if value.low is None:
        return f"{'<' if value.high_open else '<='}{value.high}"
    return f"{'>' if value.low_open else '>='}{value.low}" if value.high is None else f"{value.low}-{value.high}"


def range_text(reference: ReferenceRange | None, unit: str, *, short: bool = False) -> str:
    """A reference range with its source; `short` says only whose it is: the laboratory's, or a default."""
    if reference is None:
        return ""
    low, high = reference.low, reference.high
    if low is not None and high is not None:
        limits = f"{low} to {high}"
    elif high is not None:
        limits = f"up to {high}"
    elif low is not None:
        limits = f"from {low}"
    else:
        return ""
    source = reference.source.partition(":")[0] if short else reference.source
    return " ".join(f"range {limits} {unit}, {source}".split()).replace(" ,", ",")


def finding_text(stated: Finding) -> str:
    """The words of the report that state a finding."""
    quotes = dict.fromkeys(span.quote for span in stated.spans[:2])
    hedge = "" if stated.state == "present" else f"{stated.state}: "
    return hedge + "; ".join(f"“{quote}”" for quote in quotes)


def history_text(fact: HistoryFact) -> str:
    """An entry of the history with its dates: "burn (1985 or before)", "dialysis (2015, ended 2019)"."""
    dates = [f"{fact.onset} or before" if fact.at_least and fact.onset[:1].isdigit() else fact.onset]
    if fact.ended is not None:
        dates.append(f"ended {fact.ended}".strip())
    when = ", ".join(filter(None, dates))
    return f"{fact.label} ({when})" if when else fact.label
