"""Reads `rules/vocabulary/etiologies.yaml`: the names on the document's list."""

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Source
from cds_service.core.rules import Etiology
from cds_service.errors import Problem


def read_etiologies(source: Source, schemas: Schemas) -> tuple[dict[str, Etiology], list[Problem]]:
    """The etiologies by id, or what is wrong with the file."""
    problems = schemas.problems("etiologies", source)
    if problems:
        return {}, problems
    found: dict[str, Etiology] = {}
    for place, data in enumerate(source.data["etiologies"]):
        path = ("etiologies", place)
        if data["id"] in found:
            problems.append(source.problem((*path, "id"), "stands twice.", "Keep one entry for each id."))
        found[data["id"]] = Etiology(
            id=data["id"],
            name=data["name"],
            modern_name=data["modern_name"],
            branch=data["branch"],
            parent=data.get("parent", ""),
            codes=tuple((code["system"], code["code"], code["display"]) for code in data["codes"]),
        )
    for place, data in enumerate(source.data["etiologies"]):
        if data.get("parent", data["id"]) not in found:
            cure = "Name another entry of this file, or leave it out."
            problems.append(source.problem(("etiologies", place, "parent"), "is not on the list.", cure))
    return found, problems
