"""A database that goes away and comes back, with whatever it holds."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, text


class Absence:
    """Sends a database away: a file to another folder, a PostgreSQL database behind a closed door.

    Args:
        engine: over it; its connections break when it goes.
        server: URL of the PostgreSQL server; empty for SQLite.
    """

    def __init__(self, engine: Engine, server: str) -> None:
        self._engine = engine
        self._name = engine.url.database or ""
        self._server = server.replace("postgresql://", "postgresql+psycopg://")

    def begin(self) -> None:
        if self._server:
            self._on_server(
                f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false",
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'",
            )
        else:
            self._engine.dispose()
            Path(self._name).parent.rename(self._elsewhere())

    def end(self) -> None:
        if self._server:
            self._on_server(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")
        else:
            self._elsewhere().rename(Path(self._name).parent)

    def _elsewhere(self) -> Path:
        return Path(self._name).parent.with_name("elsewhere")

    def _on_server(self, *statements: str) -> None:
        maintenance = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with maintenance.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        maintenance.dispose()
