"""Walks every chain of the record and names what is wrong. What is worked out from the record is no part of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context

from sqlalchemy import Connection, Engine

from cds_service.audit import walk
from cds_service.audit.checking import Checked, check
from cds_service.audit.claims import Extents, broken_claims, witnessed
from cds_service.audit.diagnosis import diagnose
from cds_service.audit.engine import READ_ONLY, open_engine
from cds_service.audit.findings import Finding
from cds_service.audit.heads import Claim
from cds_service.audit.purged import Purge, Run, read_purges, runs_by_chain
from cds_service.audit.statements import following_indexes
from cds_service.audit.walk import Stretch

_AT_ONCE = 5000
"""Entries of one stretch, and of the stretches that go to a process together."""
_HOPELESS = 50_000
"""Entries of which not one fits, after which the rest is not read: the key is another."""

_Task = list[tuple[Stretch, Sequence[Run]]]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification gave.

    Attributes:
        entries: rows that stand in chains.
        chains: how many chains there are.
        findings: what is wrong, by chain and place; empty where everything is as it was written.
        purges: what was taken away by rule, which is not wrong.
    """

    entries: int
    chains: int
    findings: tuple[Finding, ...]
    purges: tuple[Purge, ...]


def verify(
    engine: Engine,
    key: bytes,
    heads: Sequence[Claim] = (),
    processes: int = 1,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> Verified:
    """Check every entry of every chain as far as it had come when this began.

    Args:
        engine: as `audit.engine.open_engine` gives it; nothing is written.
        key: the audit key.
        heads: how far chains had come, from elsewhere.
        processes: how many may work at once.
        progress: told how many entries are checked, of how many.
    """
    with _reading(engine) as connection, following_indexes(connection):
        extents = walk.extents(connection)
        purges, forged = read_purges(connection, key)
        runs = runs_by_chain(purges)
        tasks = list(_tasks(extents, runs))
        expected = sum(stretch.last - stretch.first + 1 for task in tasks for stretch, _ in task)
        checked = Checked()
        for done in _done(engine, connection, key, tasks, processes):
            checked.add(done)
            progress(min(expected, checked.fitting), expected)
            if not checked.fitting and len(checked.misfits) > _HOPELESS:
                break
        claims = [*witnessed(connection), *heads]
        findings = [
            *(Finding(writer, number, "purges", "is no purge of this installation: it is not signed by its key")
              for writer, number in forged),
            *broken_claims(connection, claims, extents, runs),
            *_outside_chains(connection),
        ]  # fmt: skip
    entries = checked.fitting + len(checked.misfits)
    return Verified(entries, len(extents), tuple(_findings(key, checked, findings)), tuple(purges))


def _findings(key: bytes, checked: Checked, others: Sequence[Finding]) -> list[Finding]:
    if checked.misfits and not checked.fitting:
        wrong = (
            "no entry fits its link: this is not the audit key that the record was written with. "
            "Set CALCIFICATION_CDS_AUDIT_KEY_FILE to the right one; if it is, all was written anew by somebody else"
        )
        return [Finding("", len(checked.misfits), "all chains", wrong)]
    misfits = sorted(checked.misfits, key=lambda one: (str(one.writer), one.row.number))
    return sorted({*others, *checked.findings, *diagnose(key, misfits, checked.gaps)})


def _outside_chains(connection: Connection) -> Iterator[Finding]:
    for table, seq in walk.without_place(connection):
        yield Finding("", seq, table, "its writer is no text or its number is none: it stands in no chain")
    for table, seq, call in walk.belonging_to_none(connection):
        yield Finding("", seq, table, f"belongs to call {call}, which is not there")
    for writer, number in walk.astray(connection):
        yield Finding(writer, number, "feedback", "names a call that did not send its card: rows were numbered anew")


def _tasks(extents: Extents, runs: Mapping[str, Sequence[Run]]) -> Iterator[_Task]:
    """Every chain in stretches, short ones put together."""
    task: _Task = []
    size = 0
    for stretch in _stretches(extents):
        task.append((stretch, runs.get(stretch.writer, ())))
        size += stretch.last - stretch.first + 1
        if size >= _AT_ONCE:
            yield task
            task, size = [], 0
    if task:
        yield task


def _stretches(extents: Extents) -> Iterator[Stretch]:
    for writer, tables in extents.items():
        end = max(last for _, last in tables.values())
        start = min(0, *(first for first, _ in tables.values()))
        for first in range(start, end + 1, _AT_ONCE):
            last = min(first + _AT_ONCE - 1, end)
            having = (name for name, (least, most) in tables.items() if least <= last and most >= first)
            yield Stretch(writer, first, last, tuple(having))


def _done(
    engine: Engine, connection: Connection, key: bytes, tasks: Sequence[_Task], processes: int
) -> Iterator[Checked]:
    if processes == 1 or len(tasks) == 1:
        yield from (_check_all(connection, key, task) for task in tasks)
        return
    url = engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        try:
            yield from pool.map(partial(_check_there, url, key), tasks)
        finally:
            pool.shutdown(cancel_futures=True)


def _check_there(url: str, key: bytes, task: _Task) -> Checked:
    with _reading(_engine_of(url)) as connection, following_indexes(connection):
        return _check_all(connection, key, task)


@cache
def _engine_of(url: str) -> Engine:
    """The engine of this process."""
    return open_engine(url, "FULL")


def _check_all(connection: Connection, key: bytes, task: _Task) -> Checked:
    checked = Checked()
    for stretch, runs in task:
        checked.add(check(connection, key, stretch, runs))
    return checked


def _reading(engine: Engine) -> Connection:
    return engine.execution_options(**{READ_ONLY: True}).connect()
