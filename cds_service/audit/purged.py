"""What a purge leaves: for each run of entries that it took from a chain, the numbers and the last link, signed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cds_service.audit import schema
from cds_service.audit.signing import is_signed, signed

_PURPOSE = "purge"


@dataclass(frozen=True, slots=True)
class Run:
    """Entries that are gone, one after the other; `link` is that of the last."""

    first: int
    last: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Purge:
    """What was taken from one chain at once.

    Attributes:
        chain: the writer whose chain it was.
        runs: what is gone.
        rows: how many rows by table.
        by: the role and the person or machine that purged.
        before: the day before which everything was, as YYYY-MM-DD.
        at: when, as `record.timestamp` writes it.
    """

    chain: str
    runs: tuple[Run, ...]
    rows: Mapping[str, int]
    by: str
    before: str
    at: str


def purge_body(key: bytes, purge: Purge) -> str:
    """The body of a row of `purges`."""
    runs = [[run.first, run.last, run.link.hex()] for run in purge.runs]
    said = {"chain": purge.chain, "runs": runs, "rows": dict(purge.rows), "by": purge.by}
    return json.dumps(signed(key, _PURPOSE, {**said, "at": purge.at, "before": purge.before}))


def read_purge(key: bytes, body: str) -> Purge | None:
    """A purge from the body of its row; None where it is not one of this installation."""
    try:
        said = json.loads(body)
        if not is_signed(key, _PURPOSE, said):
            return None
    except (ValueError, TypeError, AttributeError):
        return None
    runs = tuple(Run(first, last, bytes.fromhex(link)) for first, last, link in said["runs"])
    return Purge(said["chain"], runs, said["rows"], said["by"], said["before"], said["at"])


def read_purges(connection: Connection, key: bytes) -> tuple[list[Purge], list[tuple[str, int]]]:
    """Every purge, and the places of rows that are none of this installation."""
    own, others = [], []
    for row in connection.execute(select(schema.purges).order_by(schema.purges.c.seq)):
        purge = read_purge(key, row.body)
        if purge is None:
            others.append((str(row.writer), int(row.number)))
        else:
            own.append(purge)
    return own, others


def runs_by_chain(purges: Iterable[Purge]) -> dict[str, list[Run]]:
    """The runs that are gone from each chain, in their order."""
    runs: dict[str, list[Run]] = {}
    for purge in purges:
        runs.setdefault(purge.chain, []).extend(purge.runs)
    return {chain: sorted(gone, key=lambda run: run.first) for chain, gone in runs.items()}


def not_purged(runs: Sequence[Run], first: int, last: int) -> list[tuple[int, int]]:
    """Of the numbers from first to last, those that no purge took, as pairs."""
    missing, reached = [], first
    for run in runs:
        if run.last < reached or run.first > last:
            continue
        if run.first > reached:
            missing.append((reached, run.first - 1))
        reached = max(reached, run.last + 1)
    return [*missing, (reached, last)] if reached <= last else missing


def link_at(runs: Sequence[Run], number: int) -> bytes | None:
    """The link of an entry that is gone, where it was the last of a run."""
    return next((run.link for run in runs if run.last == number), None)
