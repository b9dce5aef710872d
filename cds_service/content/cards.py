"""Reads `cards/*.yaml` into wording, and checks every sentence's placeholders against the schema's."""

from string import Formatter
from typing import Any

from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Path_, Source
from cds_service.core.wording import Wording
from cds_service.errors import Problem


def read_wording(source: Source, kind: str, schemas: Schemas) -> tuple[Wording | None, list[Problem]]:
    """One card file as wording, or what is wrong with it."""
    problems = schemas.problems(kind, source)
    if problems:
        return None, problems
    problems = _placeholders(source, schemas.schema(kind), source.data, ())
    return Wording(source.data), problems


def _placeholders(source: Source, schema: Any, data: Any, path: Path_) -> list[Problem]:
    """Every sentence may use the placeholders that its schema lists under "placeholders", and no others."""
    if isinstance(data, dict):
        parts = schema.get("properties", {})
        return [
            problem
            for key, value in data.items()
            for problem in _placeholders(source, parts.get(key, {}), value, (*path, key))
        ]
    if not isinstance(data, str):
        return []
    allowed = schema.get("placeholders", [])
    try:
        used = [name for _, name, _, _ in Formatter().parse(data) if name is not None]
    except ValueError as error:
        return [source.problem(path, f"has a brace that opens or closes nothing ({error}).", "Write {{ for a brace.")]
    cure = f"Use only: {', '.join('{' + name + '}' for name in allowed) or 'none'}."
    return [source.problem(path, f"has the placeholder {{{name}}}.", cure) for name in used if name not in allowed]
