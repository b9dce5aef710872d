"""The FHIR server of the tests, started once."""

from collections.abc import Iterator

import pytest

from tests.fhir.access.patients import CHART
from tests.fhir.access.sekmet import FhirTestServer, fhir_server


@pytest.fixture(scope="session")
def sekmet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FhirTestServer]:
    """A real FHIR server that holds the chart of patient p1, and one lab of another patient."""
    with fhir_server(tmp_path_factory.mktemp("sekmet")) as server:
        for resource in CHART:
            server.put(resource)
        yield server
