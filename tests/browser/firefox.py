"""Debian's Firefox, asked in WebDriver BiDi, which it speaks itself.

Playwright drives a patched Firefox of its own. To this one it sends emulation.setMediaFeaturesOverride before any page,
which Firefox 153 does not know. What one tour needs is small enough to be said here, in the words of the standard
(https://w3c.github.io/webdriver-bidi/).
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.waiting import a_moment

HOW_TO_GET_ONE = "no Firefox here: run `apt-get install firefox-esr`"
_NAMES = ("firefox-esr", "firefox")
_WITHIN_S, _BETWEEN_LOOKS_S = 60.0, 0.05
_CALM = 'user_pref("ui.prefersReducedMotion", 1);'
"""Nothing moves while it is pressed. That it asks nobody anything for itself Firefox sees to where it is driven."""
_IN_SIGHT = "(node) => node.scrollIntoView({block: 'center', behavior: 'instant'})"
_EMPTIED = "(node) => { node.focus(); node.select(); }"

Json = dict[str, Any]


def system_firefox() -> str | None:
    """The path of the system's Firefox."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Firefox:
    """A running Firefox.

    Attributes:
        complaints: what pages have said to the console as a warning or an error, and what they have thrown.
    """

    def __init__(self, line: ClientConnection) -> None:
        self.complaints: list[str] = []
        self._line = line
        self._asked = 0
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, command: str, **parameters: Any) -> Any:
        """The result of a command of WebDriver BiDi."""
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": command, "params": parameters}))
        while (said := json.loads(self._line.recv(timeout=_WITHIN_S))).get("id") != self._asked:
            self._note(said)
        assert said["type"] == "success", said
        return said["result"]

    def until(self, holds: Callable[[], Any]) -> Any:
        """What something is once it is true, or not empty; between two looks Firefox may say something."""
        return until(holds, self._hear)

    def _hear(self) -> None:
        with suppress(TimeoutError):
            self._note(json.loads(self._line.recv(timeout=_BETWEEN_LOOKS_S)))

    def _note(self, event: Json) -> None:
        entry = event["params"]
        if entry.get("level") in ("warn", "error"):
            self.complaints.append(str(entry["text"]))

    def tabs(self) -> list[str]:
        """What the open tabs are called."""
        return [str(tab["context"]) for tab in self.ask("browsingContext.getTree")["contexts"]]

    def open(self, address: str) -> "Tab":
        """A page in a tab of its own, with cookies of its own."""
        person = self.ask("browser.createUserContext")["userContext"]
        tab = Tab(self, self.ask("browsingContext.create", type="tab", userContext=person)["context"])
        self.ask("browsingContext.navigate", context=tab.name, url=address, wait="complete")
        return tab


class Tab:
    """A tab, used as a person does: by what stands on it, with pointer and keys."""

    def __init__(self, firefox: Firefox, name: str) -> None:
        self.name = name
        self._firefox = firefox

    def find(self, role: str, name: str) -> Json:
        """The first thing with this role and accessible name, once it is there."""
        return self._first({"type": "accessibility", "value": {"role": role, "name": name}})

    def css(self, selector: str) -> Json:
        """The first thing that a selector finds, once it is there."""
        return self._first({"type": "css", "value": selector})

    def run(self, function: str, *things: Json) -> Any:
        """What a function of the page makes of things on it."""
        result = self._firefox.ask(
            "script.callFunction", functionDeclaration=function, arguments=[*things], awaitPromise=True,
            target={"context": self.name},
        )  # fmt: skip
        assert result["type"] == "success", result
        return result["result"].get("value")

    def text(self, thing: Json) -> str:
        """The text in it, or what was written into it."""
        return str(self.run("(node) => node.value ?? node.textContent", thing))

    def click(self, thing: Json) -> None:
        """Press on it."""
        self.run(_IN_SIGHT, thing)
        press = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": thing}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": press})

    def write(self, thing: Json, text: str) -> None:
        """Type a text in place of what stands there."""
        self.run(_EMPTIED, thing)
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})

    def opened(self, before: list[str]) -> "Tab":
        """The tab that was opened since there were these."""
        return Tab(
            self._firefox, self._firefox.until(lambda: [name for name in self._firefox.tabs() if name not in before])[0]
        )

    def _act(self, actions: Json) -> None:
        self._firefox.ask("input.performActions", context=self.name, actions=[actions])

    def _first(self, locator: Json) -> Json:
        def found() -> list[Json]:
            nodes: list[Json] = self._firefox.ask(
                "browsingContext.locateNodes", context=self.name, locator=locator, maxNodeCount=1
            )["nodes"]
            return nodes

        return {"sharedId": self._firefox.until(found)[0]["sharedId"]}


def until(holds: Callable[[], Any], pause: Callable[[], None] = a_moment) -> Any:
    """What something is once it is true, or not empty."""
    deadline = time.monotonic() + _WITHIN_S
    while not (value := holds()):
        assert time.monotonic() < deadline, "it did not come in time"
        pause()
    return value


@contextmanager
def firefox() -> Iterator[Firefox | None]:
    """A Firefox with a fresh profile, ended at the end; None where there is none."""
    path = system_firefox()
    if path is None:
        yield None
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        (Path(home) / "user.js").write_text(_CALM, encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--profile", home, "--remote-debugging-port", "0"]
        process = subprocess.Popen(
            command, env={**os.environ, "HOME": home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            told = Path(home) / "WebDriverBiDiServer.json"
            port = until(lambda: process.poll() is None and told.exists() and told.read_text("utf-8"))
            where = json.loads(port)
            with connect(f"ws://{where['ws_host']}:{where['ws_port']}/session", max_size=None) as line:
                yield Firefox(line)
        finally:
            process.terminate()
            process.wait(timeout=_WITHIN_S)
