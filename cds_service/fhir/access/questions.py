"""Prefetch templates to questions that a FHIR server can be asked (RESTful API of FHIR R4: read and search)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cds_service.fhir.request import HookCall

_TOKEN = re.compile(r"\{\{(.*?)\}\}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,63}")
_ID = re.compile(r"(?!\.+\Z)[A-Za-z0-9_.\-]{1,64}")
"""As lenient as elsewhere here; dots alone would climb out of the path."""
_LONGEST_VALUE = 1000
_USERS = {
    "Practitioner": "userPractitionerId",
    "PractitionerRole": "userPractitionerRoleId",
    "Patient": "userPatientId",
    "RelatedPerson": "userRelatedPersonId",
}
_LEFT_AS_IS = ",:/$"
"""Characters of a query that a template uses as FHIR means them; `|` and the rest are percent-encoded."""


@dataclass(frozen=True, slots=True)
class Question:
    """One read or search.

    Attributes:
        type: the resource type.
        id: of the instance to read; empty for a search.
        query: of the search, percent-encoded.
    """

    type: str
    id: str = ""
    query: str = ""

    @property
    def letter(self) -> str:
        """What SMART calls it: "r" for a read, "s" for a search."""
        return "r" if self.id else "s"

    def url(self, base: str) -> str:
        """Its address under a base URL."""
        return f"{base}/{self.type}/{self.id}" if self.id else f"{base}/{self.type}?{self.query}"


def template_type(template: str) -> str:
    """The resource type that a template asks for."""
    return re.split(r"[/?]", template, maxsplit=1)[0]


def question(template: str, values: Mapping[str, str]) -> Question | None:
    """The question that a template asks; None where one of its tokens has no value, or none that fits.

    Args:
        template: `Type/{{token}}` or `Type?name=value&...`, as CDS Hooks 2.0.1 allows; not percent-encoded.
        values: of the tokens, by name.
    """
    if any(name not in values for name in _TOKEN.findall(template)):
        return None
    path, _, query = template.partition("?")
    kind, _, instance = path.partition("/")
    if not _TYPE.fullmatch(kind):
        return None
    if query:
        return Question(kind, query="&".join(_parameter(part, values) for part in query.split("&")))
    identifier = _TOKEN.sub(lambda token: values[token[1]], instance)
    return Question(kind, identifier) if _ID.fullmatch(identifier) else None


def token_values(call: HookCall) -> dict[str, str]:
    """The values of prefetch tokens: texts, numbers and flags at the root of the context, and who the user is."""
    values = {}
    for name, value in call.context.items():
        if isinstance(value, bool):
            values[f"context.{name}"] = str(value).lower()
        elif isinstance(value, str | int) and value != "":
            values[f"context.{name}"] = str(value)
    values["context.patientId"] = call.patient_id
    for name, identifier in (("encounterId", call.encounter_id), ("reportId", call.report_id)):
        if identifier:
            values[f"context.{name}"] = identifier
    kind, _, identifier = values.get("context.userId", "").rpartition("/")
    if kind in _USERS and identifier:
        values[_USERS[kind]] = identifier
    return {name: value for name, value in values.items() if len(value) <= _LONGEST_VALUE and value.isprintable()}


def _parameter(part: str, values: Mapping[str, str]) -> str:
    """One `name=value` of a query: what the template says stays what it means, what the context says is encoded."""
    name, equals, value = part.partition("=")
    pieces = _TOKEN.split(value)
    # Splitting at a pattern with a group leaves what was between in the even places, and the names in the odd ones.
    encoded = [
        quote(values[piece], safe="") if place % 2 else quote(piece, safe=_LEFT_AS_IS)
        for place, piece in enumerate(pieces)
    ]
    return f"{quote(name, safe=':')}{equals}{''.join(encoded)}"
