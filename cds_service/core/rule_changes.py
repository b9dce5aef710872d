"""What changed in a rule between two content versions, in the words of the rule.

It compares what the audit store keeps of a content version (`content.snapshot`). Versions kept by an earlier program
hold less of a rule; what one of the two does not hold is not compared, and `comparable` says that there is such.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from typing import Any

from cds_service.core.condition_words import words_from_json

Json = Mapping[str, Any]
Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it changed."""

_GROUPS = {"supports": "for", "argues_against": "against", "excludes": "excluding"}
_OF_RULE = {
    "version": "version",
    "status": "status",
    "title": "title",
    "message": "message",
    "etiology": "etiology",
    "entry": "entry criterion",
    "trigger": "trigger",
    "unless": "unless",
    "prior": "points before any item",
    "quote": "quote of the document",
    "reviewed": "review",
}
_OF_ITEM = {
    "when": "condition",
    "weight": "points",
    "label": "label",
    "domain": "domain",
    "basis": "basis",
    "source": "source",
    "defining": "defining",
}
_CONDITIONS = ("entry", "trigger", "unless", "when")
_LISTS = {"known_gaps": "known gap", "forbids": "forbids"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Attributes:
        what: the part of the rule, such as "item for: eGFR below 15"; "rule" for the rule itself.
        aspect: what of it, such as "points" or "condition"; empty where the whole part came or went.
        before, after: how it read; None where it was not there.
    """

    what: str
    aspect: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """In a word: added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def marked(self) -> tuple[Marked, Marked]:
        """Before and after in pieces, with what differs between them."""
        return marked(self.before or "", self.after or "")


def rule_changes(before: Json | None, after: Json | None) -> tuple[Change, ...]:
    """What differs between a rule of one content version and the same rule of another; None where it was no part."""
    if before is None or after is None:
        return () if before is after else (Change("rule", "", _whole_rule(before), _whole_rule(after)),)
    return (*_fields("rule", _OF_RULE, before, after), *_items(before, after), *_listed(before, after))


def comparable(before: Json | None, after: Json | None) -> bool:
    """Whether both, where there are both, hold every part of the rule."""
    return all(rule is None or "yaml" in rule for rule in (before, after))


def file_changes(before: Json, after: Json) -> tuple[Change, ...] | None:
    """The files of the content that came, went, or are no longer the same; None where a version does not list them."""
    if "files" not in before or "files" not in after:
        return None
    old, new = before["files"], after["files"]
    return tuple(
        Change(name, "", "there" if name in old else None, "there" if name in new else None)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def scoring_changes(before: Json, after: Json) -> tuple[Change, ...]:
    """The thresholds that all rules share, where they differ."""
    aspects = {
        "likely": "points for likely",
        "kinds": "kinds of evidence for likely",
        "possible": "points for possible",
    }
    return tuple(_fields("thresholds of all rules", aspects, before["scoring"], after["scoring"]))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison of two files: a heading, or a line that was added, removed, or stayed."""

    kind: str
    text: str


def line_changes(before: str, after: str) -> tuple[Line, ...]:
    """Two files compared by line, each difference with the lines around it; nothing where they are the same."""
    kinds = {"+": "added", "-": "removed", " ": "same", "@": "place"}
    compared = list(unified_diff(before.splitlines(), after.splitlines(), lineterm=""))[2:]
    return tuple(Line(kinds[line[0]], line if line[0] == "@" else line[1:]) for line in compared)


def marked(before: str, after: str) -> tuple[Marked, Marked]:
    """Two texts in pieces of whole words, with what differs between them."""
    old, new = before.split(" "), after.split(" ")
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    was = tuple((" ".join(old[a:b]), tag != "equal") for tag, a, b, _, _ in steps if b > a)
    now = tuple((" ".join(new[a:b]), tag != "equal") for tag, _, _, a, b in steps if b > a)
    return was, now


def _fields(what: str, aspects: Mapping[str, str], before: Json, after: Json) -> Iterator[Change]:
    for key, aspect in aspects.items():
        if key in before and key in after and before[key] != after[key]:
            yield Change(what, aspect, _told(key, before[key]), _told(key, after[key]))


def _told(key: str, value: Any) -> str:
    if key in _CONDITIONS:
        return words_from_json(value).line
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _whole_rule(rule: Json | None) -> str | None:
    return None if rule is None else f"version {rule.get('version', 'not kept')}"


def _items(before: Json, after: Json) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    for name in dict.fromkeys((*old, *new)):
        (group, item), (now_group, now) = old.get(name, ("", None)), new.get(name, ("", None))
        if item is None or now is None:
            told = item or now or {}
            what = f"item {_GROUPS[group or now_group]}: {told['label']}"
            yield Change(what, "", _whole_item(item), _whole_item(now))
            continue
        what = f"item {_GROUPS[now_group]}: {now['label']}"
        if group != now_group:
            yield Change(what, "side", _GROUPS[group], _GROUPS[now_group])
        yield from _fields(what, _OF_ITEM, item, now)


def _by_id(rule: Json) -> dict[str, tuple[str, Json]]:
    return {item["id"]: (group, item) for group in _GROUPS for item in rule.get(group, ())}


def _whole_item(item: Json | None) -> str | None:
    if item is None:
        return None
    weight = ""
    if "weight" in item:
        weight = f"{item['weight']} point{'s' if item['weight'] != 1 else ''}, domain {item['domain']}, "
    condition = f": {words_from_json(item['when']).line}" if "when" in item else ""
    return f"{weight}{item['basis']}{condition}"


def _listed(before: Json, after: Json) -> Iterator[Change]:
    for key, what in _LISTS.items():
        if key in before and key in after:
            yield from _came_and_went(what, before[key], after[key])
    if "references" in before and "references" in after:
        old, new = ({ref[0]: ref for ref in rule["references"]} for rule in (before, after))
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                yield Change(f"reference {name}", "", _citation(old.get(name)), _citation(new.get(name)))


def _came_and_went(what: str, old: list[str], new: list[str]) -> Iterator[Change]:
    yield from (Change(what, "", one, None) for one in old if one not in new)
    yield from (Change(what, "", None, one) for one in new if one not in old)


def _citation(reference: list[str] | None) -> str | None:
    if reference is None:
        return None
    _, citation, doi, states = reference
    return f"{citation}{f', doi {doi}' if doi else ''}. States: {states}"
