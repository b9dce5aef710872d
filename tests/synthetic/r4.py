"""HL7's own JSON schema of FHIR R4, as a judge that knows nothing of this project."""

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_SCHEMA = Path(__file__).parents[2] / "fixtures" / "fhir-r4" / "fhir.schema.json.gz"


@cache
def _judge() -> jsonschema_rs.Draft6Validator:
    return jsonschema_rs.Draft6Validator(json.loads(gzip.decompress(_SCHEMA.read_bytes())))


def faults(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with resources by the schema."""
    return [
        f"{resource['resourceType']}/{resource.get('id')}: {error.message}"
        for resource in resources
        for error in _judge().iter_errors(resource)
    ]
