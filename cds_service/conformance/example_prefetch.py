"""A small prefetch for any templates: what a client finds for a patient of whom it knows one report and no results."""

import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_TOKEN = re.compile(r"\{\{\s*context\.(\w+)\s*\}\}")


def example_prefetch(templates: Mapping[str, Any], context: Mapping[str, Any], report: Json) -> Json:
    """What each template finds; a key that cannot be resolved is left out, as clients do.

    Args:
        templates: from discovery, by key.
        context: of the call.
        report: the one stored report of the patient.
    """
    found: Json = {}
    for key, template in templates.items():
        query = _resolved(template, context)
        if query:
            found[key] = _searched(query, report) if "?" in query else _read(query, report)
    return found


def result_key(templates: object) -> str:
    """The first key that searches for Observations; empty where there is none."""
    for key, template in templates.items() if isinstance(templates, Mapping) else ():
        if isinstance(template, str) and template.startswith("Observation?"):
            return str(key)
    return ""


def result(template: str, patient: str, day: str, **changed: Any) -> Json:
    """A Bundle with one made-up result of the first code that a template asks for.

    Args:
        template: a search for Observations.
        patient: FHIR id.
        day: when it was taken, as YYYY-MM-DD.
        changed: members that differ; None takes one out.
    """
    asked = re.search(r"[?&]code=([^&,|]+)\|([^&,|]+)", template)
    code: Json = {"coding": [{"system": asked[1], "code": asked[2]}]} if asked else {"text": "made up"}
    observation = {
        "resourceType": "Observation",
        "id": "made-up",
        "status": "final",
        "code": code,
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": day,
        "valueQuantity": _quantity(2.4, "mg/dL"),
        **changed,
    }
    return _searchset({name: value for name, value in observation.items() if value is not None})


def _quantity(value: float, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


RESULTS: Mapping[str, Json] = {
    "X5": {"valueQuantity": _quantity(2.4, "mmol/L")},
    "X6": {"valueQuantity": {"comparator": ">", "value": 710, "unit": "pg/mL"}},
    "X7": {"valueQuantity": _quantity(2.4, "furlong")},
    "X9": {"valueQuantity": None},
}
"""How the result of each assertion on imperfect results differs from a good one."""


def _resolved(template: object, context: Mapping[str, Any]) -> str:
    if not isinstance(template, str):
        return ""
    query = _TOKEN.sub(lambda token: str(context.get(token[1], token[0])), template)
    return "" if "{{" in query else query


def _searched(query: str, report: Json) -> Json:
    return _searchset(report) if query.startswith("DiagnosticReport?") else _searchset()


def _searchset(*resources: Json) -> Json:
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    return {**bundle, "entry": [{"resource": resource} for resource in resources]} if resources else bundle


def _read(query: str, report: Json) -> Json:
    kind, _, identifier = query.partition("/")
    if kind == "DiagnosticReport":
        return report
    known = {"birthDate": "1970-01-01", "gender": "female"} if kind == "Patient" else {}
    return {"resourceType": kind, "id": identifier, **known}
