"""A CDS Hooks request: the outside is checked here, the resources inside are not.

The envelope is checked against a schema that never descends into resources, so one bad resource cannot lose the call
and five thousand of them cost nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cds_service.errors import InvalidRequest
from cds_service.fhir.fetched import NOTHING_FETCHED, Fetched

_SCHEMA = json.loads(files("cds_service.fhir").joinpath("schemas/hook-request.schema.json").read_text("utf-8"))
_ENVELOPE = Draft202012Validator(_SCHEMA)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")

MOST_REPORTS = 20
"""Draft reports of one call. A radiologist signs one, or the few of one examination."""

_CURES = {
    "hook": "Send the name of the hook, as the service's discovery entry gives it.",
    "hookInstance": "Send a UUID, such as 1b4e28ba-2fa1-4d2b-883f-0016d3cca427, new for each call.",
    "context": "Send the context that the hook defines, with userId and patientId.",
    "context.userId": "Send the user as, for instance, Practitioner/123.",
    "context.patientId": "Send the FHIR id of the patient, as 123 or Patient/123.",
    "context.draftReports": "Send a FHIR Bundle that holds the DiagnosticReport being signed.",
    "fhirServer": "Send the base URL of the FHIR server; it is required where fhirAuthorization is sent.",
    "fhirAuthorization": "Send an object, together with fhirServer, or leave it out.",
    "prefetch": "Send an object of prefetch keys, or leave it out.",
}


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call, as far as every hook has it.

    Attributes:
        service: id of the service that was called.
        hook: name of the hook.
        hook_instance: the client's id of this call.
        patient_id: the bare FHIR id of the patient.
        fhir_server: base URL of the client's FHIR server, or empty.
        context: the hook's context as sent.
        prefetch: the prefetch as sent; empty when none was.
        raw: the whole request.
        fetched: what was fetched from the client's FHIR server since.
    """

    service: str
    hook: str
    hook_instance: str
    patient_id: str
    fhir_server: str
    context: Mapping[str, Any]
    prefetch: Mapping[str, Any]
    raw: Mapping[str, Any]
    fetched: Fetched = NOTHING_FETCHED

    @property
    def user_id(self) -> str:
        """The user as "Practitioner/123", however long the reference is; a bare id as it stands."""
        named: str = self.context["userId"]
        return "/".join(named.partition("/_history/")[0].rstrip("/").split("/")[-2:])

    @property
    def user_type(self) -> str:
        """The FHIR type of the user, in small letters, such as practitioner; empty where the context does not say.

        A bare id that is the patient's is the patient.
        """
        kind, slash, identifier = self.user_id.rpartition("/")
        if slash:
            return kind.casefold()
        return "patient" if identifier == self.patient_id else ""

    @property
    def encounter_id(self) -> str:
        """The bare FHIR id of the encounter; empty where the context names none."""
        return self._id_in_context("encounterId", "Encounter")

    @property
    def report_id(self) -> str:
        """The bare FHIR id of the report that the context names; empty where it names none."""
        return self._id_in_context("reportId", "DiagnosticReport")

    def _id_in_context(self, member: str, kind: str) -> str:
        named = self.context.get(member)
        bare = named.removeprefix(f"{kind}/") if isinstance(named, str) else ""
        return bare if _ID.fullmatch(bare) else ""


def read_call(body: object, service_id: str, hook: str) -> HookCall:
    """Reads the body of a call.

    Args:
        body: the parsed JSON.
        service_id: the service that was called.
        hook: the full name of the hook that the service answers.

    Raises:
        InvalidRequest: the body is not a request of this hook. The message names members, never their values.
    """
    if not isinstance(body, dict):
        raise InvalidRequest("The body is not a JSON object. Send a CDS Hooks request.")
    error = min(_ENVELOPE.iter_errors(body), key=_place, default=None)
    if error is not None:
        raise InvalidRequest(_complaint(error))
    if body["hook"] != hook:
        raise InvalidRequest(f"hook is not the hook of service {service_id}, which answers {hook} only.")
    context = body["context"]
    if len(resources_in(context.get("draftReports"), "DiagnosticReport")) > MOST_REPORTS:
        raise InvalidRequest(
            f"context.draftReports holds more than {MOST_REPORTS} DiagnosticReports. Send those being signed now."
        )
    return HookCall(
        service=service_id,
        hook=hook,
        hook_instance=body["hookInstance"],
        patient_id=context["patientId"].removeprefix("Patient/"),
        fhir_server=body.get("fhirServer", ""),
        context=context,
        prefetch=body.get("prefetch") or {},
        raw=body,
    )


def resources_in(bundle: object, kind: str) -> list[dict[str, Any]]:
    """The resources of one type that stand in the entries of a Bundle of the context; none where it is no Bundle."""
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    held = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [one for one in held if isinstance(one, dict) and one.get("resourceType") == kind]


def _place(error: ValidationError) -> tuple[int, str]:
    """Outermost complaints first, so that the first to be fixed is told."""
    return len(error.absolute_path), str(error.message)


def _complaint(error: ValidationError) -> str:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        held, required = cast("dict[str, Any]", error.instance), cast("list[str]", error.validator_value)
        path.append(next(name for name in required if name not in held))
        problem = "is missing"
    elif error.validator == "dependentRequired":
        path, problem = ["fhirServer"], "is missing although fhirAuthorization is sent"
    else:
        problem = "is not of the expected form"
    member = ".".join(path)
    cure = _CURES.get(member) or _CURES.get(".".join(path[:2]), "")
    return f"{member} {problem}. {cure}".strip()
