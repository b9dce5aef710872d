"""Schema 1: calls, their cards, feedback, and the content that judged. No row knows the one before it."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, insert

revision = "0001"
down_revision = None

_metadata = MetaData()
_seq = BigInteger().with_variant(Integer, "sqlite")


def _numbered(name: str, *columns: Column[object] | Index) -> None:
    seq: Column[object] = Column("seq", _seq, primary_key=True, autoincrement=True)
    Table(name, _metadata, seq, *columns, sqlite_autoincrement=True)


_version = Table("schema_version", _metadata, Column("version", Integer, primary_key=True, autoincrement=False))
_numbered(
    "calls",
    Column("call_id", Text, nullable=False, index=True),
    Column("received_at", Text, nullable=False, index=True),
    Column("service", Text, nullable=False),
    Column("hook", Text, nullable=False),
    Column("hook_instance", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("patient_key", Text, nullable=False, index=True),
    Column("content_version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("leading_etiology", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("duration_us", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("calls_repeated", "hook_instance", "fingerprint", "content_version"),
)
_numbered(
    "cards",
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=False),
)
_numbered(
    "answered",
    Column("reader", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=False),
)
_numbered(
    "feedback",
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=True, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
Table(
    "content_versions",
    _metadata,
    Column("version", Text, primary_key=True),
    Column("first_seen", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Table(
    "seen_tokens",
    _metadata,
    Column("digest", Text, primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


def upgrade() -> None:
    """Make the tables in an empty database."""
    _metadata.create_all(op.get_bind(), checkfirst=False)
    op.execute(insert(_version).values(version=1))
