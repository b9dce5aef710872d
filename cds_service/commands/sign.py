"""Answer one report as at signing, and print the cards as a person reads them."""

import json
import os
from argparse import ArgumentParser, Namespace
from typing import Any

import requests

from cds_service.commands.content import content_of
from cds_service.commands.credentials import add_token_arguments, authorization
from cds_service.commands.trial import DEFAULT_SERVICE, add_trial_arguments, request_of, tried
from cds_service.errors import RequestError, StartError
from cds_service.settings import Settings, from_environment

EXAMPLES = """\
calcification-cds sign report.txt --lab phosphate=7.4:mg/dL --lab egfr=95 --age 24 --sex female
calcification-cds sign report.txt --history "end-stage renal disease" --json
calcification-cds sign request.json --to http://127.0.0.1:8080
calcification-cds sign request.json --to https://cds.example.org --key key.json --iss https://ehr.example.org"""

_SECONDS = 10
_NO_PROOF = (
    "it does not take this caller, and does not say why. Sign the call with --key and --iss as the service knows them; "
    "its operator finds the reason in the log."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The file and its facts, `--json`, and `--to` for a running service, with what proves the caller to it."""
    add_trial_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--to", metavar="URL", help="send the call to a running service, as an EHR would")
    add_token_arguments(parser)


def run(arguments: Namespace) -> int:
    """Print the cards, or that there are none."""
    if arguments.key and not arguments.to:
        raise StartError("--key signs a call to a running service. Name the service with --to URL.")
    settings = from_environment(os.environ)
    cards = _from_service(arguments, settings) if arguments.to else tried(arguments, settings).answer.cards
    print(json.dumps({"cards": cards}, indent=2) if arguments.json else as_text(cards))
    return 0


def as_text(cards: list[dict[str, Any]]) -> str:
    """Cards as plain text: the summary, the detail's Markdown as it stands, and what can be taken."""
    return "\n\n".join(map(_card, cards)) if cards else "No card."


def _card(card: dict[str, Any]) -> str:
    title = f"[{card['indicator']}] {card['summary']}"
    lines = [title, "=" * len(title), "", card["detail"]]
    suggestions = card.get("suggestions", [])
    if suggestions:
        lines += ["", "Suggestions:", *(f"  - {suggestion['label']}" for suggestion in suggestions)]
    lines += [f"{link['label']}: {link['url']}" for link in card.get("links", [])]
    return "\n".join(lines)


def _from_service(arguments: Namespace, settings: Settings) -> list[dict[str, Any]]:
    request = request_of(arguments, content_of(arguments), settings)
    address = f"{arguments.to.rstrip('/')}/cds-services/{DEFAULT_SERVICE}"
    proof = authorization(arguments, address)
    try:
        response = requests.post(address, json=request, headers=proof, timeout=_SECONDS, allow_redirects=False)
        if response.status_code == requests.codes.unauthorized:
            raise RequestError(f"{address} answered 401: {_NO_PROOF}")
        body = response.json()
    except requests.RequestException as error:
        raise RequestError(
            f"{address} cannot be reached or does not answer with JSON ({type(error).__name__})."
        ) from None
    if not response.ok:
        told = [issue.get("diagnostics", "") for issue in body.get("issue", [])]
        raise RequestError(f"{address} answered {response.status_code}: {' '.join(told)}")
    cards: list[dict[str, Any]] = body["cards"]
    return cards
