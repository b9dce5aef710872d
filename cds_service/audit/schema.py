"""The tables of the audit store: the record, which only grows, and what is worked out from it.

Every row of the record stands in the chain of the process that wrote it: `writer` is that process, `number` its place
in the writer's chain, counted over all chained tables together, and `link` the keyed hash over the row and the link
before it (`audit.chain`).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 2

metadata = MetaData()

# SQLite gives out row numbers for INTEGER keys only, PostgreSQL should not run out of them.
_seq = BigInteger().with_variant(Integer, "sqlite")


def _chained(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    return Table(
        name,
        metadata,
        Column("seq", _seq, primary_key=True, autoincrement=True),
        Column("writer", Text, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("link", LargeBinary, nullable=False),
        *columns,
        UniqueConstraint("writer", "number", name=f"{name}_place"),
        sqlite_autoincrement=True,
    )


# The greatest version counts. Programs of schema 1 look here, too, and so do not write to a later one.
schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

# The first entry of each chain: which process it is, and how far the other chains had come.
writers = _chained(
    "writers",
    Column("started_at", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("witnessed", Text, nullable=False),
)

# How far the other chains had come, written now and then: the end of a chain cannot be cut off unseen.
witnesses = _chained(
    "witnesses",
    Column("at", Text, nullable=False),
    Column("witnessed", Text, nullable=False),
)

calls = _chained(
    "calls",
    Column("call_id", Text, nullable=False, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("hook", Text, nullable=False),
    Column("hook_instance", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("patient_key", Text, nullable=False),
    Column("content_version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("leading_etiology", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("duration_us", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("texts", LargeBinary, nullable=True),
    Index("calls_repeated", "hook_instance", "fingerprint", "content_version"),
)

# Which cards a call sent; made from the record, so that feedback finds its call.
cards = Table(
    "cards",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# Which card told which reader what of which report; made from the record, so that a card is not repeated.
answered = Table(
    "answered",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("reader", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("call_seq", _seq, nullable=False, index=True),
    sqlite_autoincrement=True,
)

feedback = _chained(
    "feedback",
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, nullable=True, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)

content_versions = _chained(
    "content_versions",
    Column("version", Text, nullable=False, unique=True),
    Column("first_seen", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Who looked at what of the record, and when.
looks = _chained(
    "looks",
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("call_id", Text, nullable=False, index=True),
)

# What was switched off and on again: the newest entry on a subject is its state.
switches = _chained(
    "switches",
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# What a purge took away: for each chain the last number and link that are gone, signed.
purges = _chained(
    "purges",
    Column("at", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("body", Text, nullable=False),
)

# Not part of the record: its rows go when their token has expired.
seen_tokens = Table(
    "seen_tokens",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

# What follows is worked out from the record by `audit.index`, and can be worked out again at any time.

# How far each chain was read, counted apart for each table that is read.
indexed = Table(
    "indexed",
    metadata,
    Column("writer", Text, primary_key=True),
    Column("read_from", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

# One narrow row for each delivery of a call: what the console searches by. An index holds, behind the order in which it
# is read, what every page can narrow a search to, so that a row that is not wanted is never fetched.
entries = Table(
    "entries",
    metadata,
    Column("call_seq", _seq, primary_key=True, autoincrement=False),
    Column("received_at", Text, nullable=False),
    Column("call_id", Text, nullable=False, index=True),
    Column("repeated", Boolean, nullable=False),
    Column("service", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("patient_key", Text, nullable=False),
    Column("content_version", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("leading_etiology", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("duration_us", Integer, nullable=False),
    Index("entries_by_time", "received_at", "call_seq", "service", "client", "repeated"),
    Index("entries_by_patient", "patient_key", "received_at", "call_seq"),
    Index("entries_by_etiology", "leading_etiology", "received_at", "call_seq", "service", "client", "repeated"),
    Index("entries_by_client", "client", "received_at", "call_seq", "service", "repeated"),
    Index("entries_by_answer", "answer", "received_at", "call_seq", "service", "client", "repeated"),
    Index("entries_by_outcome", "outcome", "received_at", "call_seq", "service", "client", "repeated"),
    Index("entries_by_service", "service", "received_at", "call_seq", "client", "repeated"),
    Index("entries_by_content", "content_version", "received_at", "call_seq", "service", "client", "repeated"),
)

# Which rules reached a tier in a call, shadow rules included; `place` says whether a card told it, and whether first.
fired = Table(
    "fired",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("received_at", Text, primary_key=True),
    Column("call_seq", _seq, primary_key=True, autoincrement=False),
    Column("tier", Text, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("place", Text, nullable=False),
    sqlite_with_rowid=False,
)

# What else a call can be found by: why it was silent or refused, what was set aside, why it was overridden.
marks = Table(
    "marks",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("received_at", Text, primary_key=True),
    Column("call_seq", _seq, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What can be missing from a call (a lab, a part of the chart), and why: each a number that `lacking` refers to.
absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("kind", "subject", "detail", name="absences_once"),
)

# What a call lacked, as the numbers of the absences between commas: most calls lack most labs, so a row for each would
# outweigh the record.
lacking = Table(
    "lacking",
    metadata,
    Column("received_at", Text, primary_key=True),
    Column("call_seq", _seq, primary_key=True, autoincrement=False),
    Column("absences", Text, nullable=False),
    sqlite_with_rowid=False,
)


def _counts(name: str, period: str) -> Table:
    return Table(
        name,
        metadata,
        Column("kind", Text, primary_key=True),
        Column(period, Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("detail", Text, primary_key=True),
        Column("service", Text, primary_key=True),
        Column("client", Text, primary_key=True),
        Column("content_version", Text, primary_key=True),
        Column("count", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


# Counts by day: `kind` says of what, `subject` and `detail` of which; and their sums by month, for long periods.
tallies = _counts("tallies", "day")
monthly = _counts("monthly", "month")

CHAINED = (writers, witnesses, calls, feedback, content_versions, looks, switches, purges)
"""The tables whose rows stand in the chains."""
GUARDED = (*CHAINED, cards, answered, schema_version)
"""The tables that only grow."""
DERIVED = (indexed, entries, fired, marks, absences, lacking, tallies, monthly)
"""What is worked out from the record: no evidence, and not guarded."""
