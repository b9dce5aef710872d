"""How long the client's FHIR server may take, and how much it may send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLimits:
    """The limits of fetching.

    Attributes:
        deadline_ms: milliseconds from the start of the hook call until what has come has to do.
        call_timeout_ms: milliseconds for one question and its answer.
        pages: of one search that are read, the first included.
        answer_bytes: the largest answer, once unpacked.
        total_bytes: of all answers of one call together, unpacked.
        in_flight: questions of one call that are asked at the same time.
        calls: that the process answers at the same time.
    """

    deadline_ms: int = 2500
    call_timeout_ms: int = 1500
    pages: int = 5
    answer_bytes: int = 2 * 1024 * 1024
    total_bytes: int = 16 * 1024 * 1024
    in_flight: int = 8
    calls: int = 4

    @property
    def per_server(self) -> int:
        """How many questions to one server may be open: those of all calls, and of earlier calls that hang."""
        return self.calls * self.in_flight

    @property
    def threads(self) -> int:
        """How many threads ask: enough that one server which hangs leaves as many for the others."""
        return 2 * self.per_server
