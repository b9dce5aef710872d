"""What a verification found."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from cds_service.audit.chain import Children
from cds_service.audit.walk import Found


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        writer: of the chain; empty where no chain is known.
        number: the place in the chain, or the row's seq where it has none.
        table: the table of the row; empty where no row is there.
        wrong: what is wrong, in words.
    """

    writer: str
    number: int
    table: str
    wrong: str

    def __str__(self) -> str:
        where = f"{self.table} {self.writer}/{self.number}".replace(" /", " row ").strip()
        return f"{where}: {self.wrong}"

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {"table": self.table, "writer": self.writer, "number": self.number, "wrong": self.wrong}


class Misfit(NamedTuple):
    """A row that does not fit its link.

    Attributes:
        writer: of the chain in which it stands.
        row: the row.
        children: what stands beside it.
        before: the link before it, as it stands there.
        fitting: the link that it would have to have.
    """

    writer: str
    row: Found
    children: Children
    before: bytes
    fitting: bytes


class Gap(NamedTuple):
    """Numbers of a chain where nothing is, and no purge took it; `before` is the link before them, if it is there."""

    writer: str
    first: int
    last: int
    before: bytes | None
