"""What can go wrong when a FHIR server is asked: what it means to a clinician, and the words for the record."""

from enum import Enum

from cds_service.core.facts import Missing


class Trouble(Enum):
    """One cause. None of them fails the hook call.

    Attributes:
        missing: what a key that was not read at all becomes; NOT_PROVIDED where nothing was asked.
        words: for the record, without address and without anything that the server wrote.
    """

    UNSAFE = (Missing.NOT_PROVIDED, "its name leads into a private network, so nothing was asked")
    NO_CONNECTION = (Missing.NOT_REACHABLE, "it could not be reached, or broke off")
    TOO_LATE = (Missing.NOT_REACHABLE, "it did not answer in time")
    CROWDED = (Missing.NOT_REACHABLE, "too many earlier questions to it are still open")
    BUSY = (Missing.NOT_REACHABLE, "it was too busy to answer in time")
    BROKEN = (Missing.NOT_REACHABLE, "it had an error of its own")
    NO_SCOPE = (Missing.NOT_PERMITTED, "no scope of the token covers it, so it was not asked")
    REFUSED = (Missing.NOT_PERMITTED, "it refused access")
    NO_ANSWER = (Missing.NOT_READABLE, "it has no such resource, or does not understand the question")
    NOT_FHIR = (Missing.NOT_READABLE, "the answer was damaged, or not what was asked for")
    OUTCOME = (Missing.NOT_READABLE, "it reported a problem instead of an answer")
    TOO_LARGE = (Missing.NOT_READABLE, "the answer was too large")
    ELSEWHERE = (Missing.NOT_READABLE, "it pointed to another address, which was not followed")
    NARROW_SCOPE = (Missing.NOT_ALL_READ, "the token's scope covers only a part")
    MORE_PAGES = (Missing.NOT_ALL_READ, "it has more pages than are read")

    def __init__(self, missing: Missing, words: str) -> None:
        self.missing = missing
        self.words = words


class NotFetched(Exception):
    """A question came to nothing, for one cause."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.words)
