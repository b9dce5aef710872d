"""The history of rules over the content versions of an installation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.audit.contents import Contents, ContentVersion
from cds_service.core.rule_changes import (
    Change,
    Line,
    comparable,
    file_changes,
    line_changes,
    rule_changes,
    scoring_changes,
)

Json = Mapping[str, Any]

_KINDS = (
    ("cards/schema/", "schema"),
    ("cards/", "wording of cards"),
    ("rules/schema/", "schema"),
    ("rules/vocabulary/", "vocabulary"),
    ("rules/scoring.yaml", "thresholds"),
    ("rules/source-attributes.yaml", "source attributes"),
    ("rules/must-not-miss/", "must-not-miss rule"),
    ("rules/", "rule"),
)
_RULES = ("rule", "must-not-miss rule")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rule in two content versions.

    Attributes:
        name: what the rule is about.
        changes: what differs, in words.
        lines: what differs between its files, by line.
        whole: whether both versions were kept with every part of the rule.
    """

    rule: str
    name: str
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]
    whole: bool

    @property
    def differs(self) -> bool:
        """Whether anything is known to differ."""
        return bool(self.changes or self.lines)


@dataclass(frozen=True, slots=True)
class Step:
    """A content version in which a rule was another than in the version used before it; None before the first."""

    before: ContentVersion | None
    after: ContentVersion
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class ContentComparison:
    """Two content versions.

    Attributes:
        rules: the rules that differ.
        thresholds: of all rules, where they differ.
        files: (kind, change) of every other file of the content; None where one of the two was kept without them.
    """

    rules: tuple[Comparison, ...]
    thresholds: tuple[Change, ...]
    files: tuple[tuple[str, Change], ...] | None


def history_of(contents: Contents, rule: str) -> tuple[Step, ...]:
    """The content versions in which a rule changed, the newest first; the last is the one in which it came."""
    found: list[Step] = []
    earlier: ContentVersion | None = None
    for version in contents.versions():
        before = None if earlier is None else contents.snapshot(earlier.version)
        compared = compare_rule(before, contents.snapshot(version.version), rule)
        if compared.differs:
            found.append(Step(earlier, version, compared))
        earlier = version
    return tuple(reversed(found))


def compare_rule(before: Json | None, after: Json, rule: str) -> Comparison:
    """A rule in two snapshots; `before` is None before the first version."""
    old, new = None if before is None else _rule_in(before, rule), _rule_in(after, rule)
    # Whether a rule is new is told in words; its whole text as added lines says nothing more.
    both = old is not None and new is not None and "yaml" in old and "yaml" in new
    lines = line_changes(old["yaml"], new["yaml"]) if both and old is not None and new is not None else ()
    name = _name(after, new) if new is not None else _name(before, old)
    return Comparison(rule, name, rule_changes(old, new), lines, comparable(old, new))


def compare_contents(before: Json, after: Json) -> ContentComparison:
    """Everything that differs between two snapshots."""
    ids = dict.fromkeys((*_ids(before), *_ids(after)))
    compared = (compare_rule(before, after, rule) for rule in ids)
    files = file_changes(before, after)
    others = None if files is None else tuple((kind_of_file(change.what), change) for change in files)
    return ContentComparison(
        rules=tuple(one for one in compared if one.differs),
        thresholds=scoring_changes(before, after),
        files=None if others is None else tuple(one for one in others if one[0] not in _RULES),
    )


def kind_of_file(name: str) -> str:
    """What a file of the content is about."""
    return next(kind for beginning, kind in _KINDS if name.startswith(beginning))


def _ids(snapshot: Json) -> Iterator[str]:
    yield from snapshot.get("rules", ())
    yield from snapshot.get("alarms", ())


def _rule_in(snapshot: Json, rule: str) -> Json | None:
    found: Json | None = snapshot.get("rules", {}).get(rule) or snapshot.get("alarms", {}).get(rule)
    return found


def _name(snapshot: Json | None, rule: Json | None) -> str:
    if snapshot is None or rule is None:
        return ""
    return str(rule["title"]) if "title" in rule else str(snapshot["etiologies"][rule["etiology"]])
