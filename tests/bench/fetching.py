"""What fetching costs: every key of the service, at once and one after the other, from two kinds of FHIR server.

`python -m tests.bench.fetching`. The first is a whole FHIR server on this machine, whose own work weighs most; the
second answers after a fixed pause, as a server far away does, and shows what asking at once saves.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.prefetch import prefetch_templates
from tests.fhir.access.errands import call_to
from tests.fhir.access.patients import CHART
from tests.fhir.access.scripted import PATIENT, Heard, bundle, condition, fhir, scripted
from tests.fhir.access.sekmet import TOKEN, fhir_server
from tests.shipped import shipped_content

ROUNDS = 15
FAR_AWAY_S = 0.05


def took(origin: str, base: str, queries: dict[str, list[str]], in_flight: int) -> tuple[float, float]:
    """Milliseconds for the first fetch, which opens the connections, and the median of those after it."""
    limits = AccessLimits(deadline_ms=60_000, call_timeout_ms=60_000, in_flight=in_flight)
    access = FhirAccess(limits, time.perf_counter_ns, production=False)
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        fetched = access.fetch(call_to(base, access_token=TOKEN), queries, [FhirServer(origin, "")], 0)
        rounds.append((time.perf_counter() - began) * 1000)
        if fetched.failed:
            raise RuntimeError(f"the server did not answer for {', '.join(fetched.failed)}")
    access.close()
    return rounds[0], statistics.median(rounds[1:])


def show(what: str, origin: str, base: str, queries: dict[str, list[str]]) -> None:
    """Two lines of the table."""
    for how, in_flight in (("eight at a time", 8), ("one after the other", 1)):
        first, after = took(origin, base, queries, in_flight)
        print(f"{len(queries)} keys from {what}, {how:20} first {first:7.1f} ms, then {after:7.1f} ms")


def far_away(heard: Heard) -> Iterator[bytes]:
    """An answer after a pause."""
    time.sleep(FAR_AWAY_S)
    yield fhir(PATIENT if "Patient/" in heard.target else bundle(condition("c1")))


def main() -> int:
    """Prints the table."""
    content = shipped_content()
    templates = prefetch_templates(content.labs, content.history)
    queries = {key: [template] for key, template in templates.items()}
    with TemporaryDirectory() as folder, fhir_server(Path(folder)) as server:
        for resource in CHART:
            server.put(resource)
        show("a FHIR server on this machine", server.origin, server.base, queries)
    with scripted(far_away) as distant:
        show(f"a server {FAR_AWAY_S * 1000:.0f} ms away", distant.origin, distant.base, queries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
