"""The real service, started as a user starts it, on a port that is free."""

from collections.abc import Iterator

import pytest
import requests

from tests.serving import Server, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service; its record lies in a folder of this run."""
    with serving(tmp_path_factory.mktemp("installation")) as server:
        yield server


@pytest.fixture(scope="session")
def service_url(service: Server) -> str:
    """Where the service answers."""
    return service.url


@pytest.fixture(scope="session")
def visitor(service: Server) -> requests.Session:
    """Somebody who is signed in and looks at its pages."""
    return service.signed_in()
