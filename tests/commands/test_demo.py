"""The tour leads through the running demo: its patients are there, its commands get cards, its addresses answer."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from cds_service.__main__ import main
from cds_service.content.locate import default_patients
from cds_service.sandbox.tour import read_tour, told
from tests.serving import Server, free_port, serving

TOUR = read_tour(default_patients())
STOPS = [stop["patient"] for stop in TOUR["stops"]]
SIGN = "calcification-report-sign"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("demo")) as running:
        yield running


def port_of(server: Server) -> str:
    return server.url.rpartition(":")[2]


def test_where_a_service_runs_the_tour_is_printed_for_it(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--no-open", "--port", port_of(server)]) == 0
    printed = capsys.readouterr().out
    assert printed.strip() == told(TOUR, server.url)
    assert len(STOPS) == 3
    assert all(f"{server.url}/sandbox/patients/{patient}\n" in printed for patient in STOPS)
    assert printed.strip().endswith(f"{server.url}/cds-services/{SIGN}")


def test_every_address_of_the_tour_answers(server: Server) -> None:
    browser = server.signed_in()
    addresses = set(re.findall(rf"{server.url}[^\s,]*", told(TOUR, server.url)))
    read = {
        address.rstrip(".") for address in addresses if "/cds-services/" not in address and "secured" not in address
    }
    assert len(read) == len(STOPS) + 5
    assert {address: browser.get(address, timeout=60).status_code for address in read} == dict.fromkeys(read, 200)


@pytest.mark.parametrize("access", ["prefetch", "fetch"])
@pytest.mark.parametrize("patient", STOPS)
def test_the_command_of_each_stop_gets_the_card_that_is_promised(patient: str, access: str, server: Server) -> None:
    made = requests.get(f"{server.url}/sandbox/requests/{SIGN}/{patient}", params={"access": access}, timeout=60).json()
    made["context"]["userId"] = f"Practitioner/{access}"
    assert ("prefetch" in made) is (access == "prefetch")
    card, *_ = requests.post(f"{server.url}/cds-services/{SIGN}", json=made, timeout=30).json()["cards"]
    assert card["extension"]["io.github.calcification-cds.differential"][0]["etiology"] in patient


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{SIGN}/nobody", 404),
        ("no-such-service/tumoral-calcinosis-typical", 404),
        (f"{SIGN}/{STOPS[0]}?access=x", 400),
    ],
)
def test_a_request_that_cannot_be_made_is_refused(path: str, status: int, server: Server) -> None:
    answer = requests.get(f"{server.url}/sandbox/requests/{path}", timeout=60)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")


def test_where_none_runs_the_service_is_started_and_ends_with_the_command(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "cds_service", "demo", "--no-open", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        assert started.stdout is not None
        lines = iter(started.stdout.readline, "")
        assert any(line.startswith("3. ") for line in lines)
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).ok
        os.killpg(started.pid, signal.SIGINT)
        # A worker that is busy gets half a minute from its server.
        assert started.wait(timeout=60) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2)


def test_another_program_at_the_address_is_not_taken_for_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        assert main(["demo", "--no-open", "--port", str(other.server_port)]) == 2
        other.shutdown()
    assert "Choose another port" in capsys.readouterr().err


def test_production_has_no_tour(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALCIFICATION_CDS_PROFILE", "production")
    assert main(["demo"]) == 2
    assert "CALCIFICATION_CDS_PROFILE=demo" in capsys.readouterr().err
