"""A rule's case in words: what is known of the made-up patient, what its author expects, and what the engine says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.content.cases import CaseVerdict
from cds_service.content.vocabulary import readable_unit
from cds_service.core.labels import Labels
from cds_service.core.rule_text import RuleText

_STATES = {"-": " (denied)", "?": " (uncertain)"}
_LISTS = {"met": "met", "not_met": "not met", "unknown": "unknown", "not_stated": "not stated"}
_KEYS = {"low": "lowest score", "high": "highest score", "capped_by": "held at possible by", "next_test": "next test"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that a case expects of its rule, what the engine says of it, and whether the two agree."""

    what: str
    expected: str
    told: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class CaseText:
    """One case in words. `facts` are (kind, text); `trouble` says what cannot be read of it."""

    name: str
    facts: tuple[tuple[str, str], ...]
    expectations: tuple[Expectation, ...]
    trouble: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether it comes out as its author expects."""
        return not self.trouble and all(one.agrees for one in self.expectations)


def case_text(verdict: CaseVerdict, rule: RuleText, names: Mapping[str, str], labels: Labels) -> CaseText:
    """A judged case in words.

    Args:
        verdict: as `cases.judge_cases` gives it.
        rule: the rule whose case it is.
        names: of etiologies, by id.
        labels: what to call labs, findings, sites and history entries.
    """
    items = {item.id: item.label for item in rule.criteria}
    named = {**names, **labels.labs, **items}
    expectations = tuple(
        _expectation(key, expected, verdict.told, named) for key, expected in verdict.expected.items() if verdict.told
    )
    unreadable = tuple(f"{one.key}: {one.problem} {one.cure}" for one in verdict.problems) if not verdict.told else ()
    return CaseText(verdict.name, tuple(_facts(verdict.facts, labels)), expectations, unreadable)


def _expectation(key: str, expected: Any, told: Mapping[str, Any], named: Mapping[str, str]) -> Expectation:
    what = _LISTS.get(key) or _KEYS.get(key) or key
    if key not in told:
        return Expectation(what, _value(expected, named), "not judged", False)
    return Expectation(what, _value(expected, named), _value(told[key], named), expected == told[key])


def _value(value: Any, named: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "; ".join(named.get(name, name) for name in value) or "none of these"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return named.get(str(value), str(value)) or "nothing"


def _facts(data: Mapping[str, Any], labels: Labels) -> Iterator[tuple[str, str]]:
    if "age" in data:
        yield "age", f"{data['age']} years"
    if "sex" in data:
        yield "sex", str(data["sex"])
    if "labs" in data:
        age = f", {data['lab_age_days']} days old" if "lab_age_days" in data else ""
        yield (
            "labs",
            "; ".join(f"{labels.labs.get(lab, lab)} {readable_unit(told)}" for lab, told in data["labs"].items()) + age,
        )
    for lab, listed in data.get("earlier_labs", {}).items():
        yield f"earlier {labels.labs.get(lab, lab)}", "; ".join(map(readable_unit, listed))
    if data.get("no_history_read"):
        yield "history", "no list of the chart was read"
    if data.get("history"):
        yield "history", "; ".join(_history(entry, labels) for entry in data["history"])
    for lesion in data.get("lesions", ()):
        yield "lesion", _lesion(lesion, labels)
    if data.get("findings"):
        yield "report", "; ".join(_stated(entry, labels.findings) for entry in data["findings"])
    if "report" in data:
        yield "report text", f"“{data['report']}”"


def _history(entry: str | Mapping[str, str], labels: Labels) -> str:
    if isinstance(entry, str):
        return _stated(entry, labels.history)
    stated, onset = next(iter(entry.items()))
    return f"{_stated(stated, labels.history)}, since {onset}"


def _lesion(data: Mapping[str, Any], labels: Labels) -> str:
    site = labels.sites.get(data["site"], data["site"]) if "site" in data else "site not stated"
    size = f", {data['size_mm']} mm" if "size_mm" in data else ""
    said = "; ".join(_stated(entry, labels.findings) for entry in data.get("findings", ()))
    return f"{site}{size}: {said or 'nothing said of it'}"


def _stated(entry: str, names: Mapping[str, str]) -> str:
    name = entry.lstrip("-?")
    return f"{names.get(name, name)}{_STATES.get(entry[0], '')}"
