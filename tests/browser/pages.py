"""Every page that the service has, and what stands at the other addresses. A route that is in neither fails a test."""

from collections.abc import Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """A page.

    Attributes:
        name: names its pictures.
        route: as the application has it.
        address: one of it; `{...}` stands for what the installation knows by that name.
        shows: words that stand on it when it is as it should be.
        signed_in: whether it is looked at by somebody who is signed in.
        status: of its answer.
    """

    name: str
    route: str
    address: str
    shows: str
    signed_in: bool = True
    status: int = 200


_RULE = "tumoral-calcinosis"
PAGES = (
    Listed("first-page", "/", "/", "Last calls"),
    Listed("sign-in", "/sign-in", "/sign-in?next=/audit", "With the local token", signed_in=False),
    Listed("signed-out", "/signed-out", "/signed-out", "You are signed out", signed_in=False),
    Listed("console", "/audit", "/audit", "What must not be missed"),
    Listed("console-of-a-quarter", "/audit", "/audit?from={quarter}", "Calls by week"),
    Listed("console-rule", "/audit/rules/<rule>", "/audit/rules/secondary-hyperparathyroidism", "Week by week"),
    Listed("answers", "/audit/answers", "/audit/answers", "Feedback without a call"),
    Listed("data-quality", "/audit/quality", "/audit/quality", "Unknown is never read as normal"),
    Listed("calls", "/audit/calls", "/audit/calls", "Calls of one patient"),
    Listed("calls-overridden", "/audit/calls", "/audit/calls?answer=overridden&client=county", "answer: overridden"),
    Listed("calls-none", "/audit/calls", "/audit/calls?rule=no-such-rule", "Take out a filter"),
    Listed("call", "/calls/<call_id>", "/calls/{overridden}", "Every rule, why and why not"),
    Listed("call-silent", "/calls/<call_id>", "/calls/{silent}", "Silent"),
    Listed("call-refused", "/calls/<call_id>", "/calls/{refused}", "This call was refused"),
    Listed("rules", "/rules", "/rules", "Metastatic"),
    Listed("rule", "/rules/<rule_id>", f"/rules/{_RULE}", "The document's words"),
    Listed("rule-cases", "/rules/<rule_id>/cases", f"/rules/{_RULE}/cases", "Cases"),
    Listed("rule-history", "/rules/<rule_id>/history", f"/rules/{_RULE}/history", "lobulated"),
    Listed("rules-changes", "/rules/changes", "/rules/changes", "Compare"),
    Listed("alarm-rule", "/rules/<rule_id>", "/rules/fop-pattern", "And says"),
    Listed("source-attributes", "/rules/source-attributes", "/rules/source-attributes", "Where the advice comes from"),
    Listed(
        "source-attributes-of-a-rule",
        "/rules/<rule_id>/source-attributes",
        f"/rules/{_RULE}/source-attributes",
        "The 13 attributes",
    ),
    Listed("replays", "/audit/replay", "/audit/replay", "Start a replay"),
    Listed("replay", "/audit/replay/<name>", "/audit/replay/{replay}", "Rule by rule"),
    Listed("switches", "/audit/switches", "/audit/switches", "Must-not-miss rules"),
    Listed("export", "/audit/export", "/audit/export", "Taking records out"),
    Listed("looks", "/audit/looks", "/audit/looks", "Who looked at what"),
    Listed("hook-definition", "/documents/<name>", "/documents/report-sign", "report-sign"),
    Listed("reporting-room", "/sandbox", "/sandbox", "A card in three steps", signed_in=False),
    Listed(
        "reporting-room-patient",
        "/sandbox/patients/<patient>",
        "/sandbox/patients/tumoral-calcinosis-typical",
        "Laboratory",
        signed_in=False,
    ),
    Listed("reporting-room-own-server", "/sandbox/own-server", "/sandbox/own-server", "FHIR base URL", signed_in=False),
    Listed("reporting-room-figures", "/sandbox/figures", "/sandbox/figures", "Of 1,000 reports", signed_in=False),
    Listed("not-found", "", "/no-such-page", "Not Found", status=404),
)
PARTS: Mapping[str, str] = {"/audit/replay/<name>/progress": "/audit/replay/{replay}/progress"}
"""What a page loads again of itself."""
NO_PAGES: Mapping[str, str] = {
    "/audit/api/calls": "/audit/api/calls",
    "/audit/api/calls/<call_id>": "/audit/api/calls/{overridden}",
    "/audit/api/calls/<call_id>/fhir": "/audit/api/calls/{overridden}/fhir",
    "/audit/api/openapi.json": "/audit/api/openapi.json",
    "/audit/api/tables/<table>.<kind>": "/audit/api/tables/calls.csv",
    "/cds-services": "/cds-services",
    "/documents/<name>.md": "/documents/report-sign.md",
    "/healthz": "/healthz",
    "/openapi.json": "/openapi.json",
    "/readyz": "/readyz",
    "/rules/<rule_id>/source-attributes.json": f"/rules/{_RULE}/source-attributes.json",
    "/rules/source-attributes.json": "/rules/source-attributes.json",
    "/sandbox/calls/<instance>": "/sandbox/calls/{instance}",
    "/sandbox/fhir/<kind>": "/sandbox/fhir/Patient",
    "/sandbox/fhir/<kind>/<identifier>": "/sandbox/fhir/Patient/tumoral-calcinosis-typical",
    "/sandbox/fhir/metadata": "/sandbox/fhir/metadata",
    "/sandbox/requests/<service_id>/<patient>": (
        "/sandbox/requests/calcification-report-sign/tumoral-calcinosis-typical"
    ),
    "/sandbox/secured/fhir/metadata": "/sandbox/secured/fhir/metadata",
    "/schemas": "/schemas",
    "/schemas/<file>": "/schemas/request.schema.json",
    "/static/<path:filename>": "/static/style.css",
}
"""What programs read, with an address of each."""
NEEDS_TOKEN: Mapping[str, str] = {
    "/sandbox/secured/fhir/<kind>": "/sandbox/secured/fhir/Patient",
    "/sandbox/secured/fhir/<kind>/<identifier>": "/sandbox/secured/fhir/Patient/tumoral-calcinosis-typical",
}
"""What programs read with a token that nobody is given by signing in."""
