"""Runs a replay over many calls: page by page, in several processes if asked for, and so that it can go on later."""

import json
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cds_service.audit.recorded import PackedCall, Recorded, Wanted
from cds_service.replay.counts import Counts
from cds_service.replay.one import Replayer
from cds_service.replay.state import Question, State

PAGE = 50
"""Calls that are read, judged and noted together; an interrupted replay loses no more than these."""
_AHEAD = 3
"""Pages that wait for each process."""

Page = tuple[int, Counts, list[str]]
"""The place of its last call, what it counts, and its lines."""

_own: Replayer | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """Where a replay writes; None where it does not."""

    state: Path | None
    lines: Path | None


def wanted_by(question: Question) -> Wanted:
    """The calls that a question is about."""
    # No moment is written with a year from 9000 on.
    return Wanted(question.since, question.until or "9", question.service, question.client)


def run(
    replayer: Replayer, recorded: Recorded, state: State, files: Files, jobs: int, told: Callable[[int, int], None]
) -> None:
    """Replays what is left of a question; `state` is at its end then, or as far as it came when this is interrupted.

    Args:
        replayer: with the candidate.
        recorded: the record; none of its connections may be open, since processes are forked here.
        state: how far it is.
        files: where state and lines go.
        jobs: processes that judge; with 1 it is this one.
        told: is told how many of how many calls are done, after each page.
    """
    question = state.question
    pages = recorded.pages(wanted_by(question), state.place, question.last, PAGE)
    with _lines(files.lines, state.lines) as lines:
        try:
            for place, counts, found in _replayed(replayer, pages, jobs):
                state.counts.join(counts)
                state.place = place
                _note(state, files, lines, found)
                told(state.counts.calls["calls"], question.calls)
            state.done = True
        finally:
            _note(state, files, lines, [])


def replay_page(replayer: Replayer, page: Iterable[PackedCall]) -> Page:
    """Replays the calls of one page."""
    counts, lines, place = Counts(), list[str](), 0
    for packed in page:
        place, line = packed.seq, replayer.replay(packed, counts)
        if line is not None:
            lines.append(json.dumps(line, separators=(",", ":")))
    return place, counts, lines


def _replayed(replayer: Replayer, pages: Iterator[list[PackedCall]], jobs: int) -> Iterator[Page]:
    """The pages in their order, whoever is done first."""
    if jobs == 1:
        yield from (replay_page(replayer, page) for page in pages)
        return
    # What the parent has loaded is there after a fork; rules are not read again in each process.
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=forked, initializer=_begin, initargs=(replayer,)) as pool:
        waiting: deque[Future[Page]] = deque()
        try:
            for page in pages:
                waiting.append(pool.submit(_replay_here, page))
                if len(waiting) >= jobs * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _begin(replayer: Replayer) -> None:
    global _own
    _own = replayer
    # Ctrl+C reaches every process of the terminal; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _replay_here(page: list[PackedCall]) -> Page:
    assert _own is not None
    return replay_page(_own, page)


@contextmanager
def _lines(file: Path | None, counted: int) -> Iterator[IO[bytes] | None]:
    """The file of lines, cut to those that are counted: what an interrupted run wrote beyond them comes again."""
    if file is None:
        yield None
        return
    with file.open("r+b" if counted else "wb") as opened:
        opened.truncate(counted)
        opened.seek(counted)
        yield opened


def _note(state: State, files: Files, lines: IO[bytes] | None, found: list[str]) -> None:
    """The lines first, then the state that counts them."""
    if lines is not None:
        lines.writelines(line.encode() + b"\n" for line in found)
        lines.flush()
        state.lines = lines.tell()
    if files.state is not None:
        state.keep(files.state)
