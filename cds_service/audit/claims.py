"""Compares chains with what was said of them: by witnesses in other chains, or by heads that were kept elsewhere."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

from cds_service.audit import walk
from cds_service.audit.findings import Finding
from cds_service.audit.heads import Claim, furthest
from cds_service.audit.purged import Run, link_at
from cds_service.audit.testimony import read_testimony

Extents = Mapping[str, Mapping[str, tuple[int, int]]]
"""The first and the last number of each chain in each table, as `walk.extents` gives them."""


def witnessed(connection: Connection) -> Iterator[Claim]:
    """Every claim that stands in the chains."""
    for table in ("writers", "witnesses"):
        for row in connection.execute(text(f"SELECT writer, number, witnessed FROM {table} WHERE witnessed <> '{{}}'")):
            by = f"entry {row.number} of chain {row.writer}"
            for writer, (number, link) in read_testimony(row.witnessed).chains.items():
                yield Claim(writer, number, link, by)


def broken_claims(
    connection: Connection, claims: Sequence[Claim], extents: Extents, runs: Mapping[str, Sequence[Run]]
) -> Iterator[Finding]:
    """What contradicts a claim; of each chain the furthest claim counts."""
    furthest_of: dict[str, Claim] = {}
    for claim in claims:
        known = furthest_of.get(claim.writer)
        if known is None or claim.number > known.number:
            furthest_of[claim.writer] = claim
    for claim in furthest_of.values():
        end = furthest(extents.get(claim.writer, {}), runs.get(claim.writer, ()))
        if end < claim.number:
            yield Finding(claim.writer, claim.number, "", _cut_off(claim, end))
        else:
            link = walk.link_of(connection, claim.writer, claim.number)
            link = link or link_at(runs.get(claim.writer, ()), claim.number)
            if link is not None and link != claim.link:
                yield Finding(claim.writer, claim.number, "", f"has another link now than {claim.by} says it had")


def _cut_off(claim: Claim, end: int) -> str:
    if end < 0:
        return f"the whole chain is gone: {claim.by} says that it had come to entry {claim.number}"
    return f"the chain is cut off: it ends at entry {end}, and {claim.by} says that it had come to {claim.number}"
