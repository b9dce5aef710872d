"""Fetches what the prefetch left out, from the client's FHIR server, in parallel and by a deadline."""

import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock

from cds_service.core.facts import SetAside
from cds_service.fhir.access.addresses import Resolve
from cds_service.fhir.access.asking import Job
from cds_service.fhir.access.errand import Errand
from cds_service.fhir.access.grant import NoGrant, offers_access, read_grant
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.lines import Lines
from cds_service.fhir.access.outcome import put_together
from cds_service.fhir.access.questions import Question, question, template_type, token_values
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.fetched import NOTHING_FETCHED, Fetched
from cds_service.fhir.request import HookCall
from cds_service.fhir.resources import NEWEST_ONLY, next_page

Queries = Mapping[str, Sequence[str]]


class FhirAccess:
    """The way to the FHIR servers of all clients; one for each process.

    Threads and connections come into being when the first call needs them, so it may be made before a server forks.

    Args:
        limits: of time and size.
        stopwatch: nanoseconds that only ever go up.
        production: ask over https only.
        ca_bundle: file of the certificate authorities to trust; empty for those of `requests`.
        resolve: as `socket.getaddrinfo`.
    """

    def __init__(
        self,
        limits: AccessLimits,
        stopwatch: Callable[[], int],
        *,
        production: bool,
        ca_bundle: str = "",
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._limits = limits
        self._stopwatch = stopwatch
        self._production = production
        self._lines = Lines(resolve, ca_bundle, limits.per_server)
        self._lock = Lock()
        self._threads: ThreadPoolExecutor | None = None

    def fetch(self, call: HookCall, queries: Queries, servers: Sequence[FhirServer], spent_ms: float) -> Fetched:
        """What can be had of what the call lacks. Never later than the deadline, and never an exception for it.

        A key that the client sent is not asked for again, whatever it holds; only the further pages of its Bundle are.

        Args:
            call: the call as it came.
            queries: by prefetch key, the templates to ask for it; the answers to several of them are put together.
            servers: those that may be asked for this client.
            spent_ms: milliseconds since the request was received.
        """
        jobs = list(_jobs(call, queries))
        if not jobs or not offers_access(call):
            return NOTHING_FETCHED
        try:
            grant = read_grant(call, servers, self._production)
        except NoGrant as reason:
            return Fetched(set_aside=(SetAside("FHIR server", str(reason)),))
        errand = Errand(grant, self._limits, self._lines, self._stopwatch, spent_ms)
        try:
            self._run(jobs, errand)
        finally:
            errand.end()
        return put_together(job.so_far() for job in jobs)

    def lacks(self, call: HookCall, queries: Queries) -> bool:
        """Whether the call offers access and lacks something that could be asked for."""
        return offers_access(call) and next(_jobs(call, queries), None) is not None

    def close(self) -> None:
        """End the threads and close the connections, when no call is under way."""
        with self._lock:
            if self._threads is not None:
                self._threads.shutdown()
        self._lines.close()

    def _run(self, jobs: Iterable[Job], errand: Errand) -> None:
        """Have the jobs done, a few at a time; returns when all are done, or at the deadline."""
        threads = self._pool()
        waiting = deque(jobs)
        running: set[Future[None]] = set()
        try:
            while waiting or running:
                while waiting and len(running) < self._limits.in_flight:
                    running.add(threads.submit(waiting.popleft().do, errand))
                done, running = wait(running, errand.left_s(), FIRST_COMPLETED)
                if not done:
                    return
                for future in done:
                    future.result()
        finally:
            for future in running:
                future.cancel()

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._limits.threads, "fhir")
            return self._threads


def _jobs(call: HookCall, queries: Queries) -> Iterator[Job]:
    """What there is to ask for the keys that the client left out, or of which it sent the first page only."""
    values = token_values(call)
    for key, templates in queries.items():
        if key not in call.prefetch:
            questions = (question(template, values) for template in templates)
            yield from (Job(key, asked) for asked in questions if asked is not None)
            continue
        sent = call.prefetch[key]
        following = next_page(sent) if isinstance(sent, dict) and key not in NEWEST_ONLY else ""
        if following:
            yield Job(key, Question(template_type(templates[0])), following)
