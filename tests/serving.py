"""A real server in processes of its own, on a free port of this machine, for tests and benchmarks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.planted import WRITTEN
from tests.replay.alike import replayed
from tests.shipped import shipped_content
from tests.waiting import a_moment

_STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `log` holds everything that its processes write."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def signed_in(self) -> requests.Session:
        """A browser of the demo's local user."""
        token = (self.log.parent / "var" / "local.token").read_text(encoding="ascii").strip()
        browser = requests.Session()
        browser.get(f"{self.url}/sign-in", params={"token": token}, timeout=10, allow_redirects=False)
        return browser

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]

    def cpu_seconds(self) -> float:
        """CPU time that the server's processes have used so far."""
        ticks = 0
        for process in (self.process.pid, *self.workers()):
            fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_megabytes(self) -> dict[str, float]:
        """Resident memory (all of it, and the share that is not shared with others) of the first worker."""
        return {
            "worker": _kilobytes(self.workers()[0], "Rss") / 1000,
            "worker, its own part": _kilobytes(self.workers()[0], "Pss") / 1000,
        }


def resident_megabytes(process: int) -> float:
    """Resident memory of a process."""
    return _kilobytes(process, "Rss") / 1000


def _kilobytes(process: int, kind: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return float(next(line for line in lines if line.startswith(f"{kind}:")).split()[1])


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, environment: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Server]:
    """The service as `calcification-cds serve` starts it, in a folder, on this port or any; stopped at the end."""
    port = port or free_port()
    given = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **(environment or {})}
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port)]
    log = folder / f"server-{port}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=folder, env=given, stdout=written, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield Server(url, process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)
        told = log.read_text(encoding="utf-8", errors="replace")
        print(told)
        WRITTEN.extend(told.splitlines())
    _replay(folder)


def _replay(folder: Path) -> None:
    """Everything that a server has recorded comes out alike when it is judged again."""
    database = folder / "var" / "calls.sqlite3"
    if database.is_file():
        replayed(database, shipped_content())


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with status {process.returncode} before it was ready")
        try:
            if requests.get(f"{url}/readyz", timeout=1).ok:
                return
        except requests.RequestException:
            a_moment()
    raise RuntimeError("the server was not ready in time")
