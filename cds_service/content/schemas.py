"""The JSON Schemas of the content files, compiled once, and their complaints with file and line."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

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

    def check(self) -> None:
        """Judge the schemas themselves, which takes as long as reading the content that they describe.

        Raises:
            ContentError: one of them is no JSON Schema.
        """
        for kind, compiled in self._compiled.items():
            try:
                compiled.check_schema(compiled.schema)
            except SchemaError as error:
                raise _unusable(f"{kind}.schema.json", error) from error

    def problems(self, kind: str, source: Source) -> list[Problem]:
        """Everything in which a file differs from its schema.

        Raises:
            ContentError: the schema itself is none.
        """
        if kind not in self._compiled:
            cure = "Copy the schema folder together with the content."
            return [Problem(source.name, 1, "(file)", f"has no schema {kind}.schema.json to be checked by.", cure)]
        try:
            errors = sorted(self._compiled[kind].iter_errors(source.data), key=lambda error: list(map(str, error.path)))
        except Exception:
            # What a broken schema raises when it is used depends on where it is broken.
            self.check()
            raise
        return [_problem(source, error) for error in errors]


def _compile(path: Path) -> Draft202012Validator:
    try:
        return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise _unusable(path.name, error) from error


def _unusable(name: str, error: Exception) -> ContentError:
    said = error.message if isinstance(error, SchemaError) else error
    problem = Problem(name, 1, "(file)", f"is not a JSON Schema ({said}).", "Restore it from the release.")
    return ContentError([problem])


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
