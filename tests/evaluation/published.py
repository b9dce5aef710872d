"""Published cases as hook requests, the way an EHR would send them."""

import re
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

FOLDER = Path(__file__).parents[2] / "fixtures" / "published"
HOOK = "io.github.calcification-cds.report-sign"
AS_OF_YEAR = 2026
PATIENT = "published"
_WORDED = re.compile(
    r"(?P<name>.+?) (?P<word>(?:markedly |dangerously |slightly )?"
    r"(?:normal|elevated|raised|high|low|negative|positive))\Z"
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublishedCase:
    """One case: the answer that was published, whether it counts strictly, and the request made from its facts."""

    id: str
    etiology: str
    strict: bool
    silent: bool
    citation: str
    request: Json


def published_cases(folder: Path = FOLDER) -> list[PublishedCase]:
    """All cases of a folder, in the order of their names.

    Raises:
        ValueError: a file is not a case of this format; the message names the file.
    """
    return [_read(path) for path in sorted(folder.glob("*.yaml"))]


def _read(path: Path) -> PublishedCase:
    try:
        return case_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} is not a published case: {type(error).__name__} {error}") from error


def case_of(data: Json) -> PublishedCase:
    """A case from the values of its file.

    Raises:
        KeyError: a value is missing.
    """
    return PublishedCase(
        id=data["id"],
        etiology=data["etiology"],
        strict=data.get("scoring") != "soft",
        silent=data.get("expected") == "silent",
        citation=data["source"]["citation"],
        request=_request(data),
    )


def _request(data: Json) -> Json:
    conditions = [_condition(text, place) for place, text in enumerate(data.get("conditions") or [])]
    labs = [_lab(lab) for lab in data.get("labs") or []]
    labs += [_worded(text) for text in data.get("labs_qualitative") or []]
    observations = [_observation(fields, place) for place, fields in enumerate(filter(None, labs))]
    report = {
        "resourceType": "DiagnosticReport",
        "id": "draft",
        "status": "preliminary",
        "code": {"text": str(data["modality"])},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "conclusion": data["report"],
    }
    return {
        "hook": HOOK,
        "hookInstance": str(uuid5(NAMESPACE_URL, data["id"])),
        "context": {"userId": "Practitioner/1", "patientId": PATIENT, "draftReports": _bundle([report])},
        "prefetch": {
            "patient": _patient(data),
            "conditions": _bundle(conditions),
            "procedures": _bundle([]),
            "medications": _bundle([]),
            "calcium": _bundle(observations),
        },
    }


def _patient(data: Json) -> Json:
    patient: Json = {"resourceType": "Patient", "id": PATIENT}
    age = data.get("age_years")
    if age is not None:
        # The cases are judged at the middle of the year, so the stated age holds on that day.
        days = round(float(age) * 365.25)
        patient["birthDate"] = _days_before(days)
    if data.get("sex") in ("female", "male"):
        patient["gender"] = data["sex"]
    return patient


def _days_before(days: int) -> str:
    return (date(AS_OF_YEAR, 6, 30) - timedelta(days=days)).isoformat()


def _bundle(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in resources]}


def _condition(text: str, place: int) -> Json:
    return {
        "resourceType": "Condition",
        "id": f"condition-{place + 1}",
        "code": {"text": text},
        "subject": {"reference": f"Patient/{PATIENT}"},
    }


def _lab(lab: Json) -> Json | None:
    value, unit, flag = lab.get("value"), lab.get("unit"), lab.get("flag")
    fields: Json = {"code": {"text": lab["name"]}}
    if isinstance(value, int | float):
        fields["valueQuantity"] = {"value": value, **({"unit": unit} if unit else {})}
    elif value is not None:
        fields["valueString"] = f"{value} {unit}" if unit else str(value)
    if flag is not None:
        fields["interpretation"] = [{"coding": [{"code": _CODES.get(flag, flag)}], "text": flag}]
    if lab.get("reference_low") is not None or lab.get("reference_high") is not None:
        ends = {
            end: {"value": lab[f"reference_{end}"], "unit": unit} for end in ("low", "high") if lab[f"reference_{end}"]
        }
        fields["referenceRange"] = [ends]
    return fields


_CODES = {"normal": "N", "high": "H", "low": "L", "positive": "POS", "negative": "NEG", "abnormal": "A"}


def _worded(text: str) -> Json | None:
    match = _WORDED.match(text)
    if match is None:
        return {"code": {"text": text}, "valueString": "present"}
    return {"code": {"text": match["name"]}, "valueString": match["word"].split()[-1]}


def _observation(fields: Json, place: int) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"lab-{place + 1}",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": f"{AS_OF_YEAR}-06-29",
        **fields,
    }


def add_folder_argument(parser: ArgumentParser) -> None:
    """`--folder`: other case files than the project's own."""
    parser.add_argument("--folder", type=Path, default=FOLDER, help="case files of the format of fixtures/published")


def chosen_cases(parser: ArgumentParser, folder: Path) -> list[PublishedCase]:
    """The cases of a folder; leaves with a message when there are none that can be read."""
    try:
        cases = published_cases(folder)
    except ValueError as error:
        parser.error(str(error))
    if not cases:
        parser.error(f"{folder} holds no case")
    return cases
