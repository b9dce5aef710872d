"""The real service, started as a user starts it, on a port that is free."""

from collections.abc import Iterator

import pytest

from tests.serving import serving


@pytest.fixture(scope="session")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service answers; its record lies in a folder of this run."""
    with serving(tmp_path_factory.mktemp("installation")) as server:
        yield server.url
