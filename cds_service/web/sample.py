"""A call that was made up: shown on the first page to try, and answered once before callers are."""

from typing import Any


def sample_hook(domain: str) -> str:
    """The hook of the sample call under the installation's reverse domain."""
    return f"{domain}.report-sign"


def sample_request(hook: str, exam: str, text: str) -> dict[str, Any]:
    """A call with one draft report of this exam and text, and no chart."""
    report = {
        "resourceType": "DiagnosticReport",
        "id": "draft-1",
        "status": "preliminary",
        "code": {"text": exam},
        "subject": {"reference": "Patient/example"},
        "conclusion": text,
    }
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/example",
            "patientId": "example",
            "draftReports": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": report}]},
        },
    }
