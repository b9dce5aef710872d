"""Verdicts of a condition, ordered so that Kleene's `all` is `min` and `any` is `max`."""

from enum import IntEnum


class Verdict(IntEnum):
    """What a condition says of the facts. Unknown is never normal: neither middle value is the same as not met.

    NOT_STATED: nobody spoke of it, and no test will answer it (a sign the radiologist did not mention). It counts zero
    and stays out of the score interval; it ranks below UNKNOWN because `all` of the two cannot be met by a test either.
    UNKNOWN: it could be ordered or looked up, or was stated as uncertain.
    """

    NOT_MET = 0
    NOT_STATED = 1
    UNKNOWN = 2
    MET = 3

    def negated(self) -> "Verdict":
        """Kleene negation: what is not known stays so."""
        return _NEGATED[self]


_NEGATED = {
    Verdict.NOT_MET: Verdict.MET,
    Verdict.NOT_STATED: Verdict.NOT_STATED,
    Verdict.UNKNOWN: Verdict.UNKNOWN,
    Verdict.MET: Verdict.NOT_MET,
}


def verdict_of(answer: bool) -> Verdict:
    """A known answer as a verdict."""
    return Verdict.MET if answer else Verdict.NOT_MET


MET, NOT_MET, UNKNOWN, NOT_STATED = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_STATED
"""The same by their names alone, for where they are asked for thousands of times in a call."""
