"""Every operation that the service describes at /openapi.json, under requests that schemathesis makes of its schema."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis.checks import not_a_server_error

from tests.fuzz.effort import tries
from tests.fuzz.installation import whole_service

DESCRIPTION = "/openapi.json"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The service's own description of itself, bound to the whole service."""
    app = whole_service(tmp_path_factory.mktemp("described"))

    def called_from_here(environ: dict[str, Any], start_response: Any) -> Any:
        """The demo answers its own machine only, and a caller without a network has no address."""
        return app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)

    yield schemathesis.openapi.from_wsgi(DESCRIPTION, called_from_here)
    app.extensions["store"].close()


def test_no_described_request_fails_the_service(described: Any) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    assert {"/cds-services"} <= {operation.path for operation in operations}
    for operation in operations:

        @tries(40)
        @given(case=operation.as_strategy())
        def require_no_failure(case: Any) -> None:
            case.call_and_validate(checks=[not_a_server_error], headers={"Host": "localhost"})

        require_no_failure()
