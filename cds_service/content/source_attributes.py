"""Reads `rules/source-attributes.yaml`: where the advice comes from, and which facts stand for data of a person."""

from collections.abc import Set

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Source
from cds_service.core.patient_facts import AGE, SEX
from cds_service.core.source_attributes import Declared
from cds_service.errors import Problem

FILE = "source-attributes.yaml"


def read_source_attributes(
    source: Source, schemas: Schemas, history: Set[str]
) -> tuple[str, tuple[Declared, ...], list[Problem]]:
    """The regulation and its attributes, and what is wrong with the file.

    Args:
        source: the file.
        schemas: the schemas of the content.
        history: the ids of the history entries.
    """
    problems = schemas.problems("source-attributes", source)
    if problems:
        return "", (), problems
    known = {AGE, SEX, *(f"history:{entry}" for entry in history)}
    declared = []
    for place, data in enumerate(source.data["attributes"]):
        for key in ("facts", "near"):
            for number, fact in enumerate(data.get(key, ())):
                if fact not in known:
                    cure = "Name age, sex, or an entry of rules/vocabulary/history.yaml."
                    path = ("attributes", place, key, number)
                    problems.append(source.problem(path, f"names {fact!r}, which no rule can ask.", cure))
        declared.append(
            Declared(
                id=data["id"],
                title=data["title"],
                text=" ".join(data.get("is", "").split()),
                facts=tuple(data["facts"]) if "facts" in data else None,
                near=tuple(data.get("near", ())),
                note=" ".join(data.get("note", "").split()),
            )
        )
    return source.data["regulation"], tuple(declared), problems
