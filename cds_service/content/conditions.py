"""Turns the `when`, `entry`, `trigger` and `unless` of a rule file into core conditions, or complains exactly."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cds_service.content.lengths import days_in
from cds_service.content.yaml_source import Path_, Source
from cds_service.core.conditions import (
    AllOf,
    AnyOf,
    AtSite,
    Bounds,
    Condition,
    HasFinding,
    InHistory,
    LabIs,
    LabWithin,
    Not,
    OfAge,
    OfSex,
    OfSize,
    Without,
)
from cds_service.core.course import FALLING, RISING, LabSustained, LabTrend, TrendTerms
from cds_service.errors import Problem

OPERATORS = ("above", "at_least", "below", "at_most")
_NO_SERIES = (
    "asks for the course of a lab whose earlier results are not kept.",
    "Give the lab a `trend` in rules/vocabulary/labs.yaml.",
)


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Every id that a condition may name, and how a lab's units convert.

    Attributes:
        convert: (lab id, unit) to the factor to the lab's own unit and its decimals, or None for a unit not listed.
        trends: what counts as a trend, by lab id, for the labs whose earlier results are kept.
        patterns: named conditions, by id.
    """

    findings: Set[str]
    sites: Set[str]
    history: Set[str]
    labs: Set[str]
    convert: Callable[[str, str], tuple[Decimal, int] | None]
    trends: Mapping[str, TrendTerms] = field(default_factory=dict)
    patterns: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one file, collecting problems instead of stopping at the first."""

    source: Source
    known: KnownWords
    problems: list[Problem] = field(default_factory=list)

    def read(self, data: Any, path: Path_) -> Condition:
        """The condition at `path`. After a problem it returns a placeholder; the file is refused anyway."""
        if not isinstance(data, dict):
            return self._refuse(path, "is not a condition.", "Write a mapping such as {finding: lobulated}.")
        kinds = [key for key in data if key in _READERS]
        if len(kinds) != 1:
            names = ", ".join(sorted(_READERS))
            return self._refuse(path, "must ask exactly one thing.", f"Use one of: {names}.")
        return _READERS[kinds[0]](self, data, path)

    def _refuse(self, path: Path_, problem: str, cure: str) -> Condition:
        self.problems.append(self.source.problem(path, problem, cure))
        return AllOf(())

    def _ids(self, data: dict[str, Any], key: str, known: Set[str], file: str, path: Path_) -> tuple[str, ...]:
        named = data[key] if isinstance(data[key], list) else [data[key]]
        for name in named:
            if name not in known:
                self._refuse((*path, key), f"names {name!r}, which is not known.", f"Use an id of {file}, or add it.")
        return tuple(str(name) for name in named)

    def _only(self, data: dict[str, Any], allowed: tuple[str, ...], path: Path_) -> None:
        for key in data:
            if key not in allowed:
                self._refuse((*path, key), "does not belong here.", f"Allowed beside each other: {', '.join(allowed)}.")

    def _days(self, data: dict[str, Any], key: str, path: Path_) -> int | None:
        if key not in data:
            return None
        days = days_in(str(data[key]))
        if days is None:
            self._refuse((*path, key), "is not a length of time.", "Write it as '6 months' or '1 year'.")
        return days

    def _limits(self, data: dict[str, Any], path: Path_) -> Bounds:
        limits = []
        for operator in OPERATORS:
            if operator not in data:
                continue
            if isinstance(data[operator], bool) or not isinstance(data[operator], int | Decimal):
                self._refuse((*path, operator), "is not a number.", "Write a plain number, such as 60 or 7.5.")
                continue
            limits.append((operator, Decimal(data[operator])))
        if not limits:
            self._refuse(path, "has no limit.", f"Give one or two of {', '.join(OPERATORS)}.")
        return Bounds(tuple(limits))

    def _bounds(self, data: Any, unit: str, path: Path_) -> Bounds:
        if not isinstance(data, dict) or data.get("unit") != unit:
            self._refuse(path, f"must give its unit as {unit}.", f"Write {{above: 5, unit: {unit}}}.")
            return Bounds(())
        self._only(data, (*OPERATORS, "unit"), path)
        return self._limits(data, path)

    def finding(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{finding: id or list}`."""
        self._only(data, ("finding",), path)
        return HasFinding(self._ids(data, "finding", self.known.findings, "rules/vocabulary/findings.yaml", path))

    def site(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{site: id or list}`."""
        self._only(data, ("site",), path)
        return AtSite(self._ids(data, "site", self.known.sites, "rules/vocabulary/findings.yaml", path))

    def size(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{size: {above: 50, unit: mm}}`."""
        self._only(data, ("size",), path)
        return OfSize(self._bounds(data["size"], "mm", (*path, "size")))

    def age(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{age: {below: 10, unit: years}}`."""
        self._only(data, ("age",), path)
        return OfAge(self._bounds(data["age"], "years", (*path, "age")))

    def sex(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{sex: female}`."""
        self._only(data, ("sex",), path)
        return OfSex(self._ids(data, "sex", {"female", "male"}, "FHIR administrative-gender", path)[0])

    def history(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{history: id or list}`, with `within: 6 months` for recent, `before: 5 years` for longer ago than that."""
        self._only(data, ("history", "within", "before"), path)
        entries = self._ids(data, "history", self.known.history, "rules/vocabulary/history.yaml", path)
        return InHistory(entries, self._days(data, "within", path), self._days(data, "before", path))

    def lab(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{lab: id, is: word}` or `{lab: id, below: 15, unit: ...}`, either with `within`.

        Of the course: `{lab: id, trend: rising}`, and `{lab: id, below: 60, unit: ..., for_days: 90}`.
        """
        lab = self._ids(data, "lab", self.known.labs, "rules/vocabulary/labs.yaml", path)[0]
        if "trend" in data:
            return self._trend(lab, data, path)
        time = "for_days" if "for_days" in data else "within"
        self._only(data, ("lab", "is", "unit", time, *OPERATORS), path)
        within = self._days(data, "within", path)
        if "is" in data:
            words = {"high", "low", "normal", "positive", "negative"}
            return LabIs(lab, self._ids(data, "is", words, "high, low, normal, positive, negative", path)[0], within)
        return self._lab_bounds(lab, within, data, path)

    def _lab_bounds(self, lab: str, within: int | None, data: dict[str, Any], path: Path_) -> Condition:
        bounds = self._limits(data, path)
        conversion = self.known.convert(lab, str(data.get("unit", "")))
        if conversion is None:
            cure = f"Give a unit that rules/vocabulary/labs.yaml lists for {lab}."
            return self._refuse((*path, "unit"), "is missing or not a unit of this lab.", cure)
        factor, places = conversion
        step = Decimal(1).scaleb(-places)
        limits = tuple((operator, (limit * factor).quantize(step).normalize() + 0) for operator, limit in bounds.limits)
        if "for_days" not in data:
            return LabWithin(lab, Bounds(limits), within)
        days = data["for_days"]
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            return self._refuse((*path, "for_days"), "is not a number of days.", "Write a whole number, such as 90.")
        if lab not in self.known.trends:
            return self._refuse(path, *_NO_SERIES)
        return LabSustained(lab, Bounds(limits), days)

    def _trend(self, lab: str, data: dict[str, Any], path: Path_) -> Condition:
        self._only(data, ("lab", "trend"), path)
        direction = self._ids(data, "trend", {RISING, FALLING}, f"{RISING}, {FALLING}", path)[0]
        terms = self.known.trends.get(lab)
        return self._refuse(path, *_NO_SERIES) if terms is None else LabTrend(lab, direction, terms)

    def pattern(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{pattern: id}`: a condition that labs.yaml names."""
        self._only(data, ("pattern",), path)
        name = self._ids(data, "pattern", self.known.patterns.keys(), "patterns in rules/vocabulary/labs.yaml", path)[0]
        return self.known.patterns.get(name, AllOf(()))

    def all_of(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{all: [...]}`."""
        return AllOf(self._parts(data, "all", path))

    def any_of(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{any: [...]}`."""
        return AnyOf(self._parts(data, "any", path))

    def negation(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{not: ...}`."""
        self._only(data, ("not",), path)
        return Not(self.read(data["not"], (*path, "not")))

    def guard(self, data: dict[str, Any], path: Path_) -> Condition:
        """`{without: ...}`."""
        self._only(data, ("without",), path)
        return Without(self.read(data["without"], (*path, "without")))

    def _parts(self, data: dict[str, Any], key: str, path: Path_) -> tuple[Condition, ...]:
        self._only(data, (key,), path)
        if not isinstance(data[key], list) or not data[key]:
            self._refuse((*path, key), "must be a list of conditions.", "Give at least one.")
            return ()
        return tuple(self.read(part, (*path, key, index)) for index, part in enumerate(data[key]))


_READERS: dict[str, Callable[[ConditionReader, dict[str, Any], Path_], Condition]] = {
    "finding": ConditionReader.finding,
    "site": ConditionReader.site,
    "size": ConditionReader.size,
    "age": ConditionReader.age,
    "sex": ConditionReader.sex,
    "history": ConditionReader.history,
    "lab": ConditionReader.lab,
    "pattern": ConditionReader.pattern,
    "all": ConditionReader.all_of,
    "any": ConditionReader.any_of,
    "not": ConditionReader.negation,
    "without": ConditionReader.guard,
}
