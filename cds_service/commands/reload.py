"""Let the running service load its content anew, after a check: rules, wording, clients. Nothing restarts."""

import os
import signal
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

import requests

from cds_service.app import open_clients
from cds_service.commands import pid_file
from cds_service.commands.check import checked
from cds_service.commands.content import content_folders
from cds_service.settings import from_environment

EXAMPLES = "calcification-cds reload"

_WITHIN_S, _ASK_EVERY_S = 60.0, 0.2
# Old workers answer until they have stopped: so many answers in a row have to be new.
_IN_A_ROW = 10


def add_arguments(parser: ArgumentParser) -> None:
    """Nothing: which service it is, and where its content lies, say the settings."""
    parser.set_defaults(rules=None, cards=None)


def run(arguments: Namespace) -> int:
    """Check, signal, and wait until the new content answers; 0 when it does.

    Raises:
        ContentError: rules, wording, cases or clients cannot be used. Nothing was signalled.
        StartError: no service runs here.
    """
    settings = from_environment(os.environ)
    content, _ = checked(*content_folders(arguments))
    open_clients(settings, time.perf_counter_ns)
    service = pid_file.running(settings.pid_file)
    before = _ready(service.url)
    os.kill(service.pid, signal.SIGHUP)
    after = _answer_to(service.url, before)
    if after is None:
        print(f"The service did not say within {_WITHIN_S:.0f} seconds what became of it. Look at its log.")
    elif after.get("reloadRefused") != before.get("reloadRefused") and "reloadRefused" in after:
        print(f"The service refused, and goes on with content {after['content']}. Its log says why.")
    elif after["content"] != content.version:
        print(
            f"The service answers with content {after['content']}, and {content.version} was checked: "
            "it reads other folders. Run this command with the settings of the service."
        )
    else:
        print(f"Content {content.version} answers (before: {before.get('content', 'unknown')}).")
        return 0
    return 1


def _answer_to(url: str, before: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the service says after the signal; None where it says nothing new in time."""
    until, new = time.monotonic() + _WITHIN_S, 0
    while time.monotonic() < until:
        now = _ready(url)
        told = any(now.get(key) != before.get(key) for key in ("loaded", "reloadRefused"))
        new = new + 1 if "content" in now and told else 0
        if new == _IN_A_ROW:
            return now
        if not new:
            time.sleep(_ASK_EVERY_S)
    return None


def _ready(url: str) -> Mapping[str, Any]:
    """What /readyz says; nothing where it does not answer. Asked directly, whatever proxy the environment names."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            said: Mapping[str, Any] = session.get(f"{url}/readyz", timeout=5).json()
    except (requests.RequestException, ValueError):
        return {}
    return said
