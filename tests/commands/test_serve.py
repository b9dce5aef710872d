"""How the server is started."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from cds_service.commands.reloading import loaded_app
from cds_service.commands.serve import gunicorn_options
from cds_service.settings import Settings
from cds_service.web.worker import PunctualWorker
from tests.serving import serving


def test_the_server_opens_no_second_door() -> None:
    assert gunicorn_options(Settings())["control_socket_disable"] is True


def test_a_caller_has_the_time_that_is_set() -> None:
    worker = gunicorn_options(Settings(request_seconds=7))["worker_class"]
    assert issubclass(worker, PunctualWorker)
    assert worker.seconds == 7


def test_no_request_is_written_down_by_the_server() -> None:
    options = gunicorn_options(Settings())
    assert "accesslog" not in options
    assert options["loglevel"] == "warning"


def test_the_token_is_told_on_a_terminal_only(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        token = (tmp_path / "var" / "local.token").read_text("ascii").strip()
        server.signed_in().get(server.url, timeout=10)
        requests.get(f"{server.url}/sign-in", params={"token": f"{token}x"}, timeout=10)
    told = server.log.read_text("utf-8")
    assert "/sign-in with the token in var/local.token" in told
    assert f"{server.url}/sandbox\n" in told
    assert token not in told


def test_the_patients_of_the_demo_are_there_before_the_service_answers(settings: Settings) -> None:
    app = loaded_app(settings)
    assert app.extensions["sandbox"].store.cache_info().currsize == 1


def test_calls_that_fetch_from_the_demo_itself_do_not_wait_for_each_other(tmp_path: Path) -> None:
    # Calls that held all threads would end at the deadline, without phosphate; a busy machine is within it.
    patient, signing = "tumoral-calcinosis-typical", "calcification-report-sign"
    patience = dict.fromkeys(("CALCIFICATION_CDS_FHIR_DEADLINE_MS", "CALCIFICATION_CDS_FHIR_CALL_TIMEOUT_MS"), "20000")
    with serving(tmp_path, patience) as server, ThreadPoolExecutor(8) as callers:

        def summary(number: int) -> str:
            made = f"{server.url}/sandbox/requests/{signing}/{patient}"
            request = requests.get(made, params={"access": "fetch"}, timeout=60).json()
            request["context"]["userId"] = f"Practitioner/{number}"
            answer = requests.post(f"{server.url}/cds-services/{signing}", json=request, timeout=60).json()
            return str(answer["cards"][0]["summary"])

        told = set(callers.map(summary, range(8)))
    assert told == {"Soft tissue calcification: likely tumoral calcinosis"}
