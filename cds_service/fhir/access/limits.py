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
        threads: of the process, for all its calls.
    """

    deadline_ms: int = 2500
    call_timeout_ms: int = 1500
    pages: int = 5
    answer_bytes: int = 2 * 1024 * 1024
    total_bytes: int = 16 * 1024 * 1024
    in_flight: int = 8
    threads: int = 32
