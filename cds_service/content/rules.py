"""Reads `rules/<category>/*.yaml`, `rules/must-not-miss/*.yaml` and `rules/scoring.yaml` into core rules."""

from collections import Counter
from typing import Any

from cds_service.content.conditions import ConditionReader, KnownWords
from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Path_, Source
from cds_service.core.conditions import LabIs, LabWithin
from cds_service.core.rules import Alarm, Exclusion, Item, Reference, Revision, Rule, Scoring
from cds_service.errors import Problem


def read_rule(source: Source, schemas: Schemas, known: KnownWords) -> tuple[Rule | None, list[Problem]]:
    """One rule file as a rule, or what is wrong with it."""
    problems = schemas.problems("rule", source)
    if problems:
        return None, problems
    data = source.data
    reader = ConditionReader(source, known)
    rule = Rule(
        id=data["id"],
        version=data["version"],
        status=data["status"],
        etiology=data["etiology"],
        document=data["source"]["document"],
        quote=data["source"]["quote"],
        references=_references(data),
        entry=reader.read(data["entry"], ("entry",)),
        prior=data["prior"],
        supports=tuple(_item(reader, item, ("supports", n)) for n, item in enumerate(data["supports"])),
        argues_against=tuple(
            _item(reader, item, ("argues_against", n)) for n, item in enumerate(data["argues_against"])
        ),
        excludes=tuple(_exclusion(reader, item, ("excludes", n)) for n, item in enumerate(data["excludes"])),
        known_gaps=tuple(data["known_gaps"]),
        reviewed=_reviewed(data["reviewed"]),
        revisions=_revisions(data),
    )
    return rule, [*reader.problems, *_consistency(source, rule), *_undated_version(source, rule)]


def read_alarm(source: Source, schemas: Schemas, known: KnownWords) -> tuple[Alarm | None, list[Problem]]:
    """One must-not-miss file, or what is wrong with it."""
    problems = schemas.problems("must-not-miss", source)
    if problems:
        return None, problems
    data = source.data
    reader = ConditionReader(source, known)
    unless = data.get("unless", "none")
    alarm = Alarm(
        id=data["id"],
        version=data["version"],
        status=data["status"],
        title=data["title"],
        document=data["source"]["document"],
        quote=data["source"]["quote"],
        references=_references(data),
        trigger=reader.read(data["trigger"], ("trigger",)),
        unless=None if unless == "none" else reader.read(unless, ("unless",)),
        message=" ".join(data["message"].split()),
        forbids=tuple(data.get("forbids", ())),
        known_gaps=tuple(data["known_gaps"]),
        reviewed=_reviewed(data["reviewed"]),
        revisions=_revisions(data),
    )
    return alarm, [*reader.problems, *_undated_labs(source, alarm), *_undated_version(source, alarm)]


def read_scoring(source: Source, schemas: Schemas) -> tuple[Scoring | None, list[Problem]]:
    """The table of thresholds, or what is wrong with it."""
    problems = schemas.problems("scoring", source)
    if problems:
        return None, problems
    likely, possible = source.data["likely"], source.data["possible"]
    return Scoring(likely["points"], likely["kinds"], possible["points"]), []


def _references(data: dict[str, Any]) -> tuple[Reference, ...]:
    return tuple(
        Reference(ref["id"], " ".join(ref["citation"].split()), ref.get("doi", ""), " ".join(ref["states"].split()))
        for ref in data["references"]
    )


def _reviewed(data: Any) -> str:
    return "none" if data == "none" else f"{data['by']}, {data['on']}"


def _revisions(data: dict[str, Any]) -> tuple[Revision, ...]:
    return tuple(Revision(revision["version"], revision["on"]) for revision in data.get("revisions", ()))


def _item(reader: ConditionReader, data: dict[str, Any], path: Path_) -> Item:
    return Item(
        id=data["id"],
        label=data["label"],
        domain=data["domain"],
        weight=data["weight"],
        basis=data["basis"],
        source=data.get("source", ""),
        defining=data.get("defining", False),
        when=reader.read(data["when"], (*path, "when")),
    )


def _exclusion(reader: ConditionReader, data: dict[str, Any], path: Path_) -> Exclusion:
    when = reader.read(data["when"], (*path, "when"))
    return Exclusion(data["id"], data["label"], data["basis"], data.get("source", ""), when)


def _consistency(source: Source, rule: Rule) -> list[Problem]:
    """What the schema cannot see: repeated ids, and sources that no reference explains."""
    problems = []
    groups: list[tuple[str, tuple[Item | Exclusion, ...]]] = [
        ("supports", rule.supports),
        ("argues_against", rule.argues_against),
        ("excludes", rule.excludes),
    ]
    used = Counter(item.id for _, items in groups for item in items)
    explained = {reference.id for reference in rule.references} | {"", "DOC", "GK"}
    for key, items in groups:
        for index, item in enumerate(items):
            if used[item.id] > 1:
                problems.append(
                    source.problem((key, index, "id"), f"{item.id!r} is used twice.", "Give each item its own id.")
                )
            if item.source not in explained:
                cure = "Add the reference, or name one that is there."
                problems.append(
                    source.problem((key, index, "source"), f"{item.source!r} is no reference of this rule.", cure)
                )
            if item.basis == "literature" and not item.source:
                cure = "Name the reference, or say that the weight is an estimate."
                problems.append(source.problem((key, index, "basis"), "says literature but names no source.", cure))
    return problems


def _undated_version(source: Source, rule: Rule | Alarm) -> list[Problem]:
    """Who reads a rule's dates must find the version at hand: the last dated one is the rule's."""
    days = [revision.on for revision in rule.revisions]
    if days != sorted(days):
        return [source.problem(("revisions",), "are not in the order of their days.", "Put the newest last.")]
    if not rule.revisions or rule.revisions[-1].version == rule.version:
        return []
    problem = f"end with {rule.revisions[-1].version}, and the rule is {rule.version}."
    return [source.problem(("revisions",), problem, "Add the version with the day on which it was finished.")]


def _undated_labs(source: Source, alarm: Alarm) -> list[Problem]:
    """An alarm raised by an old lab is a false alarm, so every lab it asks for must say how old it may be."""
    labs = [atom for atom in alarm.trigger.atoms() if isinstance(atom, LabIs | LabWithin)]
    if all(atom.within_days is not None for atom in labs):
        return []
    return [source.problem(("trigger",), "asks for a lab of any age.", "Add within, such as within: 7 days.")]
