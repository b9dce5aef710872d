"""What `sign` and `explain` share: a call from a file, answered here without a server and without a record."""

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.answer import Answer, Setting, answer
from cds_service.app import utc_now
from cds_service.audit.record import Arrival, fingerprint
from cds_service.commands.content import add_content_arguments, content_of
from cds_service.content.load import Content
from cds_service.errors import InvalidRequest, NotJson
from cds_service.fhir.from_text import TypedFacts, request_from_text
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from cds_service.hooks.service import Service
from cds_service.settings import Settings
from cds_service.web.source_attributes import PATH as SOURCE_ATTRIBUTES

DEFAULT_SERVICE = next(iter(SERVICES))


@dataclass(frozen=True, slots=True)
class Trial:
    """A call that was tried: the request, the content, and the answer with its record."""

    request: dict[str, Any]
    content: Content
    answer: Answer


def add_trial_arguments(parser: ArgumentParser) -> None:
    """A file, and the facts to go with it when it is plain text."""
    parser.add_argument(
        "file", metavar="FILE", help="a hook request (JSON) or a plain-text report; - for standard input"
    )
    parser.add_argument(
        "--lab", action="append", default=[], metavar="NAME=VALUE:UNIT", help="a lab, for a plain-text report"
    )
    parser.add_argument("--age", type=int, metavar="YEARS", help="age, for a plain-text report")
    parser.add_argument("--sex", choices=("female", "male"), help="sex, for a plain-text report")
    parser.add_argument(
        "--history", action="append", default=[], metavar="TEXT", help="a problem of the chart, for a plain-text report"
    )
    add_content_arguments(parser)


def request_of(arguments: Namespace, content: Content, settings: Settings) -> dict[str, Any]:
    """The hook request that the file is, or that is made from it.

    Raises:
        NotJson: the file begins like JSON and is not.
        InvalidRequest: facts were given beside a JSON request, or a lab cannot be read.
    """
    text = _text_of(arguments.file)
    if text.lstrip().startswith("{"):
        if arguments.lab or arguments.history or arguments.age is not None or arguments.sex:
            raise InvalidRequest(
                "--lab, --age, --sex and --history go with a plain-text report; the JSON request has its own."
            )
        try:
            request: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise NotJson(f"{arguments.file} begins like JSON and is not ({error}).") from None
        return request
    hook = SERVICES[DEFAULT_SERVICE].hook_name(settings.hook_domain)
    instance = str(uuid5(NAMESPACE_URL, text))
    facts = TypedFacts(arguments.lab, arguments.age, arguments.sex, arguments.history)
    return request_from_text(text, facts, hook, instance, content.labs, utc_now().date())


def _text_of(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{file} cannot be read as UTF-8 text ({type(error).__name__}).") from None


def tried(arguments: Namespace, settings: Settings) -> Trial:
    """Answers the call of the arguments."""
    content = content_of(arguments)
    request = request_of(arguments, content, settings)
    service = _service_for(request, settings)
    call = read_call(request, service.id, service.hook_name(settings.hook_domain))
    now = utc_now()
    arrival = Arrival(now, now, "terminal", fingerprint(request), lambda: 0)
    url = settings.public_url
    setting = Setting(content, settings.hook_domain, url, lambda _patient: "", f"{url}{SOURCE_ATTRIBUTES}")
    return Trial(request, content, answer(service, call, arrival, setting))


def _service_for(request: dict[str, Any], settings: Settings) -> Service:
    hook = request.get("hook")
    named = (service for service in SERVICES.values() if service.hook_name(settings.hook_domain) == hook)
    return next(named, SERVICES[DEFAULT_SERVICE])
