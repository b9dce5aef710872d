"""Print the tour of the demo: three patients, what to try, where to look. Starts the service if none runs yet."""

import os
import subprocess
import sys
import time
import webbrowser
from argparse import ArgumentParser, Namespace
from dataclasses import replace

import requests

from cds_service.content.locate import default_patients
from cds_service.errors import StartError
from cds_service.sandbox.tour import read_tour, told
from cds_service.settings import PREFIX, Settings, from_environment

EXAMPLES = """\
calcification-cds demo
calcification-cds demo --no-open --port 9000"""

_WITHIN_S, _ASK_EVERY_S, _ENDS_WITHIN_S = 60.0, 0.2, 5.0
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def add_arguments(parser: ArgumentParser) -> None:
    """`--port`, and whether a browser is opened."""
    parser.add_argument("--port", type=int, help="port of the service (default 8080)")
    parser.add_argument("--no-open", action="store_true", help="do not open the first page in a browser")


def run(arguments: Namespace) -> int:
    """Print the tour; a service that was started for it runs until Ctrl+C.

    Raises:
        StartError: the profile is production, or something else answers at the address, or the service does not start.
        ContentError: the tour cannot be used.
    """
    settings = from_environment(os.environ)
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    if settings.profile == "production":
        raise StartError(f"The tour is of the demo. Set {PREFIX}PROFILE=demo, or unset it.")
    tour, base = read_tour(default_patients()), settings.public_url
    started = None if _answers(base) else _start(settings)
    try:
        print(told(tour, base), flush=True)
        if not arguments.no_open and _has_display():
            webbrowser.open(f"{base}/sandbox")
        return started.wait() if started else 0
    except KeyboardInterrupt:
        return _end(started) if started else 0


def _answers(base: str) -> bool:
    """Whether the service runs at an address.

    Raises:
        StartError: something else does.
    """
    try:
        answer = requests.get(f"{base}/readyz", timeout=2)
        said = answer.json()
    except requests.ConnectionError:
        return False
    except (requests.RequestException, ValueError):
        said = None
    if not isinstance(said, dict) or "content" not in said:
        raise StartError(f"Something else answers at {base}. Choose another port with --port.")
    return True


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    """The service as a process of its own, once it answers.

    Raises:
        StartError: it stopped, or did not answer in time.
    """
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(settings.port)]
    process = subprocess.Popen(command)
    until = time.monotonic() + _WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        if _answers(settings.public_url):
            return process
        time.sleep(_ASK_EVERY_S)
    process.terminate()
    raise StartError("The service did not start; what it says is above. calcification-cds serve starts it alone.")


def _end(process: subprocess.Popen[bytes]) -> int:
    """Wait for the service to end: Ctrl+C reached it, too. It is asked once more where it did not."""
    try:
        process.wait(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
    return 0


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in _DISPLAYS)
