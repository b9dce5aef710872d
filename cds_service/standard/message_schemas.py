"""The JSON Schemas (draft 2020-12) of the four messages of CDS Hooks: read once, compiled once.

They refer to each other by file name, so a reference resolves wherever the five files lie side by side: here, under an
installation's `/schemas`, or in a folder that someone downloaded them to.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DISCOVERY, REQUEST, RESPONSE, FEEDBACK = "discovery", "request", "response", "feedback"
MESSAGES = (DISCOVERY, REQUEST, RESPONSE, FEEDBACK)
NAMES = (*MESSAGES, "datatypes")
SUFFIX = ".schema.json"

Schema = dict[str, Any]


def schema(name: str) -> Schema:
    """One schema as its file has it.

    Args:
        name: one of `NAMES`.
    """
    return dict(_files()[name])


def faults(message: str, value: object) -> Iterator[str]:
    """Where a message does not keep its schema, place by place; nothing of what it says is repeated.

    Args:
        message: one of `MESSAGES`.
        value: the message as JSON values.
    """
    for error in _validator(message).iter_errors(value):
        yield f"{place(error.absolute_path)}: {_WORDS.get(str(error.validator), f'breaks {error.validator}')}"


def place(path: Iterator[str | int] | Any) -> str:
    """A path of keys and indices as people write it: `cards[0].source`; the whole message is `the message`."""
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return written.removeprefix(".") or "the message"


_WORDS: Mapping[str, str] = {
    "required": "lacks a member that is required",
    "dependentRequired": "lacks a member that another one requires",
    "type": "is of another type",
    "enum": "is none of the values allowed",
    "const": "is not the value required",
    "pattern": "is not of the form required",
    "minLength": "is empty",
    "minItems": "is empty",
    "minProperties": "is empty",
    "maxLength": "is too long",
    "maxContains": "holds more of one kind than allowed",
    "not": "is null or empty, or holds what it must not",
    "anyOf": "is none of the kinds allowed",
}


@cache
def _files() -> Mapping[str, Schema]:
    folder = files("cds_service.standard").joinpath("schemas")
    return {name: json.loads(folder.joinpath(name + SUFFIX).read_text("utf-8")) for name in NAMES}


@cache
def _validator(message: str) -> Draft202012Validator:
    resources: list[tuple[str, Resource[Any]]] = [
        (name + SUFFIX, Resource.from_contents(contents)) for name, contents in _files().items()
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(_files()[message], registry=registry)
