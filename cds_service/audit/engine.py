"""Opening the audit database: SQLite by default, PostgreSQL by its URL."""

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from cds_service.errors import StartError

READ_ONLY = "calcification_read_only"
BUSY_TIMEOUT_S = 10
_BUSY_TIMEOUT_SERVING_S = 3
_POOL_TIMEOUT_S = 3
# A server that is gone without a word is noticed within some three seconds, a lock that somebody holds within two.
_POSTGRESQL_LIMITS = {
    "connect_timeout": 2,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}
_POSTGRESQL_SERVING = "-c lock_timeout=2s -c statement_timeout=10s"


def open_engine(database_url: str, sqlite_synchronous: str, *, serving: bool = False) -> Engine:
    """An engine whose transactions are durable when they are committed. Nothing is opened yet, but for the folder.

    Args:
        database_url: a SQLAlchemy URL of SQLite or PostgreSQL. What it says of time-outs counts.
        sqlite_synchronous: "FULL" or "NORMAL".
        serving: whether callers wait for it, so that no statement may take long.

    Raises:
        StartError: the URL means no database that the store can use.
    """
    url = _read_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, sqlite_synchronous, _BUSY_TIMEOUT_SERVING_S if serving else BUSY_TIMEOUT_S)
    limits = {**_POSTGRESQL_LIMITS, **({"options": _POSTGRESQL_SERVING} if serving else {})}
    own = {name: limit for name, limit in limits.items() if name not in url.query}
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_timeout=_POOL_TIMEOUT_S, connect_args=own
        )
    except ModuleNotFoundError:
        raise StartError("PostgreSQL needs its driver. Install calcification-cds[postgresql].") from None


def _read_url(database_url: str) -> URL:
    try:
        url = make_url(database_url)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        # The value is not shown: it can hold a password.
        raise StartError(
            "CALCIFICATION_CDS_DATABASE_URL is no database URL that the store can use. "
            "Write sqlite:///folder/file.sqlite3 or postgresql://user:password@host/database."
        )
    return url


def _open_sqlite(url: URL, synchronous: str, busy_timeout_s: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StartError("The audit record has to outlive the process. Name a file: sqlite:///folder/file.sqlite3.")
    folder = Path(url.database).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"The folder {folder} of the audit database cannot be made ({error.strerror}).") from None
    own = {} if "timeout" in url.query else {"timeout": busy_timeout_s}
    engine = create_engine(url, pool_timeout=_POOL_TIMEOUT_S, connect_args=own)

    @event.listens_for(engine, "connect")
    def _prepare(connection: object, _record: object) -> None:
        # The driver would begin late and of the deferred kind, which can fail when a read turns into a write.
        connection.isolation_level = None  # type: ignore[attr-defined]  # the DBAPI connection has no static type
        cursor = connection.cursor()  # type: ignore[attr-defined]  # see above
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
