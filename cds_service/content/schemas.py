"""The JSON Schemas of the content files, compiled once, and their complaints with file and line."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cds_service.content.yaml_source import Source
from cds_service.errors import ContentError, Problem


@dataclass(frozen=True)
class Schemas:
    """The schemas beside the content: `rules/schema/` and `cards/schema/`."""

    folders: tuple[Path, ...]

    @cached_property
    def _compiled(self) -> dict[str, Draft202012Validator]:
        found = {}
        for folder in self.folders:
            for path in sorted(folder.glob("*.schema.json")):
                found[path.name.removesuffix(".schema.json")] = _compile(path)
        return found

    def schema(self, kind: str) -> dict[str, Any]:
        """One schema as data."""
        return dict(cast(dict[str, Any], self._compiled[kind].schema))

    def problems(self, kind: str, source: Source) -> list[Problem]:
        """Everything in which a file differs from its schema."""
        if kind not in self._compiled:
            cure = "Copy the schema folder together with the content."
            return [Problem(source.name, 1, "(file)", f"has no schema {kind}.schema.json to be checked by.", cure)]
        errors = sorted(self._compiled[kind].iter_errors(source.data), key=lambda error: list(map(str, error.path)))
        return [_problem(source, error) for error in errors]


def _compile(path: Path) -> Draft202012Validator:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
    except Exception as error:
        problem = Problem(path.name, 1, "(file)", f"is not a JSON Schema ({error}).", "Restore it from the release.")
        raise ContentError([problem]) from error
    return Draft202012Validator(schema)


def _problem(source: Source, error: ValidationError) -> Problem:
    path = tuple(error.absolute_path)
    return source.problem(path, f"{_plain(error)}.", _cure(error))


def _plain(error: ValidationError) -> str:
    message = error.message
    return message if len(message) <= 160 else f"does not fit the schema's {error.validator!r}"


def _cure(error: ValidationError) -> str:
    """What to do about it, by the schema keyword that refused the value."""
    expected: Any = error.validator_value
    if error.validator == "required":
        return "Add the missing key."
    if error.validator == "additionalProperties":
        return "Remove the key, or correct its spelling."
    if error.validator == "enum":
        return f"Use one of: {', '.join(map(str, expected))}."
    if error.validator == "pattern":
        return f"It must match {expected}."
    return f"The schema asks for {error.validator}: {expected if not isinstance(expected, dict | list) else '...'}."
