"""Try every assertion of CDS Hooks on a running CDS service, this one or another's.

It sends made-up calls and feedback, which the service may keep: use an installation for tests. Nothing but the given
URL is contacted. The exit status is 0 when nothing fails, 1 when something does, and 2 when the check cannot be done.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from cds_service.app import open_content, random_id, utc_now
from cds_service.conformance.calls import Samples
from cds_service.conformance.check import Task, check
from cds_service.conformance.ledger import Verdict
from cds_service.conformance.telling import as_json, as_text
from cds_service.conformance.tokens import Signing
from cds_service.errors import StartError
from cds_service.security.keys import UnusableKey
from cds_service.security.signing import signed_token
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds conformance http://127.0.0.1:8080
calcification-cds conformance https://cds.example.org --key client.jwk --iss https://ehr.example.org --json
calcification-cds conformance https://cds.example.org --service dose --request good-call.json"""

_DISCOVERY = "/cds-services"
_PASSED, _FAILED, _NOT_DONE = 0, 1, 2


def add_arguments(parser: ArgumentParser) -> None:
    """The service, who calls it, and what good calls are made of."""
    parser.add_argument("url", metavar="URL", help="base URL of the service; /cds-services at its end is left out")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument(
        "--service", action="append", default=[], metavar="ID", help="check this service only; may be given again"
    )
    parser.add_argument(
        "--request",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a good call (JSON), sent to services of its hook instead of a made-up one; may be given again",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a private key of a known client, as a JWK; again for a second algorithm",
    )
    parser.add_argument("--iss", default="", help="the client's issuer, with --key")
    parser.add_argument("--jku", default="", metavar="URL", help="where the client's keys are published, with --key")
    parser.add_argument("--tenant", default="", metavar="NAME", help="the tenant, where the service asks for one")
    parser.add_argument(
        "--audience", default="", metavar="URL", help="the base URL that tokens name, where it is not URL"
    )
    parser.add_argument("--origin", default="", metavar="URL", help="a browser page's origin that the service lets in")
    parser.add_argument(
        "--seconds", type=int, default=120, metavar="N", help="how long the whole check may take (default: 120)"
    )


def run(arguments: Namespace) -> int:
    """Print each assertion with its verdict."""
    task = _task(arguments)
    rows = check(task)
    print(json.dumps(as_json(task.base_url, rows), indent=2) if arguments.json else as_text(rows))
    if rows[0].verdict is Verdict.NOT_APPLICABLE:
        print(f"Not done: {rows[0].reason}.", file=sys.stderr)
        return _NOT_DONE
    return _FAILED if any(row.verdict is Verdict.FAIL for row in rows) else _PASSED


def _task(arguments: Namespace) -> Task:
    base_url = arguments.url.rstrip("/").removesuffix(_DISCOVERY)
    if not base_url.startswith(("http://", "https://")):
        raise StartError(f"{arguments.url} is no http(s) URL. Give the base URL of a CDS service.")
    if bool(arguments.key) != bool(arguments.iss):
        raise StartError("--key and --iss go together: the client's key, and who it signs as.")
    words = open_content(from_environment(os.environ)).words.common
    given = {str(call.get("hook")): call for call in map(_call, arguments.request)}
    samples = Samples(words.say("sample.exam"), words.say("sample.report"), utc_now().date(), random_id, given)
    return Task(
        base_url=base_url,
        samples=samples,
        signing=_signing(arguments, base_url) if arguments.key else None,
        services=frozenset(arguments.service),
        origin=arguments.origin,
        seconds=arguments.seconds,
        stopwatch=time.perf_counter_ns,
        now=utc_now,
    )


def _signing(arguments: Namespace, base_url: str) -> Signing:
    keys = tuple(map(_key, arguments.key))
    addressed = arguments.audience.rstrip("/")
    return Signing(keys, arguments.iss, arguments.jku, arguments.tenant, addressed, base_url, utc_now, random_id)


def _key(path: Path) -> dict[str, Any]:
    try:
        jwk = json.loads(_text(path))
        signed_token(jwk if isinstance(jwk, dict) else {}, {})
    except ValueError:
        raise StartError(f"{path} is not JSON. Give a private JWK of type EC or RSA.") from None
    except UnusableKey as error:
        raise StartError(f"The key in {path} {error} Give a private JWK of type EC or RSA.") from None
    key: dict[str, Any] = jwk
    return key


def _call(path: Path) -> dict[str, Any]:
    try:
        call = json.loads(_text(path))
    except ValueError:
        raise StartError(f"{path} is not JSON. Give one whole hook request.") from None
    if not isinstance(call, dict) or not isinstance(call.get("hook"), str):
        raise StartError(f"{path} is no hook request: it names no hook. Give one whole hook request.")
    return call


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{path} cannot be read as UTF-8 text ({type(error).__name__}).") from None
