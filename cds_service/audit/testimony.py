"""Chains bear witness to each other: each writes down now and then how far the others had come.

Without it the end of a chain could be cut off unseen. Only rows that came since the newest testimony are looked at, so
it costs the same beside two chains and beside thousands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, desc, func, literal, select, union_all

from cds_service.audit import schema

_MOVING = tuple(table for table in schema.CHAINED if table is not schema.witnesses)
"""What counts as a move: testimony alone does not, or idle processes would testify to each other for ever."""
_OVERLAP = 32
"""Rows of a table before the newest testimony that are looked at again: some were perhaps not committed when it came,
one for each process that was writing just then."""
_LAST = (
    union_all(
        *(
            select(literal(table.name).label("name"), func.max(table.c.number).label("number"))
            .where(table.c.writer == bindparam("asked_for"))
            .having(func.max(table.c.number).is_not(None))
            for table in schema.CHAINED
        )
    )
    .order_by(desc("number"))
    .limit(1)
)
"""The last entry of a chain: its table and its number."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """How far other chains had come.

    Attributes:
        chains: number and link of the last entry, by writer.
        up_to: the greatest seq that was looked at, by table.
    """

    chains: Mapping[str, tuple[int, bytes]] = field(default_factory=dict)
    up_to: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """As the record keeps it."""
        chains = {writer: [number, link.hex()] for writer, (number, link) in self.chains.items()}
        return json.dumps({"chains": chains, "up_to": dict(self.up_to)})


def read_testimony(text: str) -> Testimony:
    """A testimony from its text; an empty one where the text was tampered with, which its link will show."""
    try:
        said: dict[str, Any] = json.loads(text)
        chains = {writer: (int(number), bytes.fromhex(link)) for writer, (number, link) in said["chains"].items()}
        return Testimony(chains, {table: int(seq) for table, seq in said["up_to"].items()})
    except (ValueError, TypeError, KeyError, AttributeError):
        return Testimony()


def testify(connection: Connection, own: str) -> Testimony:
    """How far the chains have come that moved since the newest testimony, but for one's own; nothing if none did.

    Args:
        connection: which sees the record.
        own: the writer that testifies.
    """
    before = _newest(connection)
    there: set[str] = set()
    up_to, moved = dict(before.up_to), False
    for table in _MOVING:
        since = before.up_to.get(table.name, 0)
        recent = select(table.c.writer, func.max(table.c.seq)).where(table.c.writer != own).group_by(table.c.writer)
        # Without a mark all are asked for, by the index of places; with one, the few rows behind it.
        for writer, seq in connection.execute(recent.where(table.c.seq > since - _OVERLAP) if since else recent):
            there.add(writer)
            moved = moved or seq > since
            up_to[table.name] = max(seq, up_to.get(table.name, 0))
    heads = {writer: _head(connection, writer) for writer in sorted(there)} if moved else {}
    return Testimony(heads, up_to)


def _newest(connection: Connection) -> Testimony:
    """The newest testimony of any chain that says up to where it looked."""
    known = []
    for table in (schema.writers, schema.witnesses):
        wanted = select(table.c.witnessed).where(table.c.witnessed != "{}").order_by(table.c.seq.desc()).limit(1)
        known += [read_testimony(text) for text in connection.scalars(wanted)]
    return max(known, key=lambda one: sum(one.up_to.values()), default=Testimony())


def _head(connection: Connection, writer: str) -> tuple[int, bytes]:
    last = connection.execute(_LAST, {"asked_for": writer}).one()
    table = schema.metadata.tables[last.name]
    place = (table.c.writer == writer, table.c.number == last.number)
    return last.number, connection.execute(select(table.c.link).where(*place)).scalar_one()
