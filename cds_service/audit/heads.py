"""How far each chain has come, signed, to be kept elsewhere: whoever cuts off the end of everything is found by it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from cds_service.audit import walk
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.purged import Run, read_purges, runs_by_chain
from cds_service.audit.signing import is_signed, signed
from cds_service.errors import InvalidRequest

_PURPOSE = "head"


@dataclass(frozen=True, slots=True)
class Claim:
    """That a chain had come to an entry with a link; `by` says who says so."""

    writer: str
    number: int
    link: bytes
    by: str


def heads(engine: Engine, key: bytes, now: str) -> Iterator[str]:
    """One line of JSON for each chain, whether its last entry is there or was purged."""
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        runs = runs_by_chain(read_purges(connection, key)[0])
        there = walk.extents(connection)
        for writer in sorted({*there, *runs}):
            number = furthest(there.get(writer, {}), runs.get(writer, ()))
            link = walk.link_of(connection, writer, number) or _purged_link(runs.get(writer, ()), number)
            said = {"writer": writer, "number": number, "link": link.hex(), "at": now}
            yield json.dumps(signed(key, _PURPOSE, said))


def furthest(extents: Mapping[str, tuple[int, int]], runs: Sequence[Run]) -> int:
    """The number of the last entry of a chain that is there or was purged."""
    return max((*(last for _, last in extents.values()), *(run.last for run in runs)), default=-1)


def _purged_link(runs: Sequence[Run], number: int) -> bytes:
    return next((run.link for run in runs if run.last == number), b"")


def read_heads(key: bytes, lines: Iterable[str], name: str) -> list[Claim]:
    """The claims of a file that `heads` wrote.

    Args:
        key: the audit key.
        lines: of the file.
        name: of the file, for complaints.

    Raises:
        InvalidRequest: a line is none of this installation's; it is named.
    """
    claims = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            known = is_signed(key, _PURPOSE, said)
        except (ValueError, AttributeError, TypeError):
            known = False
        if not known:
            raise InvalidRequest(
                f"{name}:{number}: this line was not signed with this installation's audit key. "
                "Give a file that `calcification-cds audit heads` wrote here, unchanged."
            )
        claims.append(Claim(said["writer"], said["number"], bytes.fromhex(said["link"]), f"the head kept {said['at']}"))
    return claims
