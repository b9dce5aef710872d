"""How the server is started."""

from pathlib import Path

import requests

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
