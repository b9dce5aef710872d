"""What became of each assertion: a verdict, what it rests on, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cds_service.conformance.assertions import ASSERTIONS, Assertion
from cds_service.conformance.exchange import Exchange

_TOLD = 3
"""How many remarks a row repeats; the others are counted."""


class Verdict(StrEnum):
    """What an assertion comes to, the worse the later."""

    NOT_APPLICABLE = "not applicable"
    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


_ORDER = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Remark:
    """What speaks against an assertion: places and keys, no values."""

    words: str
    verdict: Verdict = Verdict.FAIL


def doubt(words: str) -> Remark:
    """A remark on what the standard recommends, or leaves open."""
    return Remark(words, Verdict.WARN)


@dataclass(frozen=True, slots=True)
class Row:
    """One assertion and what came of it.

    Attributes:
        assertion: which one.
        verdict: what it comes to.
        reason: why; what a pass rests on.
        sent: the request that decided, in short.
        came: its answer, in short.
    """

    assertion: Assertion
    verdict: Verdict
    reason: str
    sent: str = ""
    came: str = ""


@dataclass
class _Entry:
    looks: int = 0
    remarks: list[tuple[Remark, Exchange]] = field(default_factory=list)
    last: Exchange | None = None
    notes: list[str] = field(default_factory=list)


class Ledger:
    """Collects what is seen, assertion by assertion."""

    def __init__(self) -> None:
        self._entries = {number: _Entry() for number in ASSERTIONS}

    def judge(self, number: str, exchange: Exchange, remarks: Iterable[Remark] = ()) -> None:
        """One look at an assertion, and what speaks against it."""
        entry = self._entries[number]
        entry.looks += 1
        entry.last = exchange
        entry.remarks += [(remark, exchange) for remark in remarks]

    def note(self, number: str, words: str) -> None:
        """Why an assertion was not looked at, or what a look at it cannot see."""
        notes = self._entries[number].notes
        if words not in notes:
            notes.append(words)

    def note_unseen(self, number: str, words: str) -> None:
        """Why an assertion was not looked at; nothing where it was."""
        if self._entries[number].last is None:
            self.note(number, words)

    def rows(self, unseen: Verdict, why: str) -> Sequence[Row]:
        """Every assertion; those that nothing was looked at for get the verdict and the reason given."""
        return [_row(ASSERTIONS[number], entry, unseen, why) for number, entry in self._entries.items()]


def _row(assertion: Assertion, entry: _Entry, unseen: Verdict, why: str) -> Row:
    notes = ". ".join(entry.notes)
    if entry.last is None:
        return Row(assertion, Verdict.NOT_APPLICABLE if notes else unseen, notes or why)
    if not entry.remarks:
        looked = f"{entry.looks} looked at" if entry.looks > 1 else "as it should be"
        return Row(assertion, Verdict.PASS, f"{looked}. {notes}" if notes else looked, entry.last.sent, entry.last.came)
    worst = max((remark.verdict for remark, _ in entry.remarks), key=_ORDER.index)
    deciding = [(remark, exchange) for remark, exchange in entry.remarks if remark.verdict is worst]
    words = list(dict.fromkeys(remark.words for remark, _ in deciding))
    more = f"; and {len(words) - _TOLD} more" if len(words) > _TOLD else ""
    exchange = deciding[0][1]
    reason = "; ".join(words[:_TOLD]) + more
    return Row(assertion, worst, f"{reason}. {notes}" if notes else reason, exchange.sent, exchange.came)
