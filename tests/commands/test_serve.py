"""How the server is started."""

from cds_service.commands.serve import gunicorn_options
from cds_service.settings import Settings
from cds_service.web.worker import PunctualWorker


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
