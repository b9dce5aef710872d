"""The tables of schema 2 that are worked out from the record, as they were when it was made."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

_seq = BigInteger().with_variant(Integer, "sqlite")

Table(
    "indexed",
    metadata,
    Column("writer", Text, primary_key=True),
    Column("read_from", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
Table(
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
Table(
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
Table(
    "marks",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("received_at", Text, primary_key=True),
    Column("call_seq", _seq, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("kind", "subject", "detail", name="absences_once"),
)
Table(
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


_counts("tallies", "day")
_counts("monthly", "month")
