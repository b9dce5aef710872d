"""The official JSON schema of FHIR R4, as a judge who knows nothing of this project."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_SCHEMA = Path(__file__).parents[1] / "fixtures" / "fhir-r4" / "fhir.schema.json.gz"


@cache
def _schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(gzip.decompress(_SCHEMA.read_bytes()))
    return read


@cache
def _judge(resource_type: str) -> Any:
    # Judged against the one definition, what is wrong is told; against all of them, only that none fits.
    schema = {"$schema": _schema()["$schema"], "definitions": _schema()["definitions"]}
    return jsonschema_rs.validator_for({**schema, "$ref": f"#/definitions/{resource_type}"})


def faults(resource: Mapping[str, Any]) -> list[str]:
    """What is wrong with a resource, a line for each; those in a Bundle are judged one by one."""
    entries = resource.get("entry", ()) if resource["resourceType"] == "Bundle" else ()
    inside = [fault for entry in entries for fault in faults(entry.get("resource", {"resourceType": "Basic"}))]
    return [*(f"{_place(error)}: {error.message[:300]}" for error in _own(resource)), *inside]


def _own(resource: Mapping[str, Any]) -> list[Any]:
    bare = dict(resource)
    if bare["resourceType"] == "Bundle" and "entry" in bare:
        bare["entry"] = [{**entry, "resource": _STAND_IN} for entry in bare["entry"]]
    return list(_judge(bare["resourceType"]).iter_errors(bare))


_STAND_IN = {"resourceType": "Basic", "code": {"text": "judged by itself"}}


def _place(error: Any) -> str:
    return "/".join(str(step) for step in error.instance_path)
