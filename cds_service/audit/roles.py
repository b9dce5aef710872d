"""The roles of PostgreSQL: one owns the tables, one serves, one purges, and none of them can do another's work."""

from collections.abc import Iterator

from sqlalchemy import Table

from cds_service.audit import schema
from cds_service.audit.guards import PURGE_ROLE, PURGEABLE

OWNER_ROLE, SERVICE_ROLE = "calcification_owner", "calcification_service"
_ROLES = (OWNER_ROLE, SERVICE_ROLE, PURGE_ROLE)
_APPENDED = tuple(table for table in schema.GUARDED if table not in (schema.purges, schema.schema_version))
_WORKED_OUT = (*schema.DERIVED, schema.seen_tokens)
_LOST_WITH_CALLS = (schema.entries, schema.fired, schema.marks, schema.lacking)


def statements() -> Iterator[str]:
    """The SQL that makes the roles and gives each what it needs, for a superuser, once the tables are there."""
    every = ", ".join(schema.metadata.tables)
    for role in _ROLES:
        yield f"CREATE ROLE {role} LOGIN"
    yield f"GRANT USAGE ON SCHEMA public TO {', '.join(_ROLES)}"
    yield f"GRANT CREATE ON SCHEMA public TO {OWNER_ROLE}"
    for name in (*schema.metadata.tables, "alembic_version"):
        yield f"ALTER TABLE {name} OWNER TO {OWNER_ROLE}"
    yield f"ALTER FUNCTION refuse_change() OWNER TO {OWNER_ROLE}"
    yield f"REVOKE ALL ON {every}, alembic_version FROM PUBLIC, {SERVICE_ROLE}, {PURGE_ROLE}"
    yield f"GRANT SELECT ON {every} TO {SERVICE_ROLE}, {PURGE_ROLE}"
    yield f"GRANT INSERT ON {_names(_APPENDED)} TO {SERVICE_ROLE}"
    yield f"GRANT INSERT, UPDATE, DELETE ON {_names(_WORKED_OUT)} TO {SERVICE_ROLE}"
    yield f"GRANT INSERT ON writers, purges TO {PURGE_ROLE}"
    yield f"GRANT DELETE ON {_names((*PURGEABLE, *_LOST_WITH_CALLS))} TO {PURGE_ROLE}"
    for role, tables in ((SERVICE_ROLE, _APPENDED), (PURGE_ROLE, (schema.writers, schema.purges))):
        yield f"GRANT USAGE ON SEQUENCE {', '.join(f'{table.name}_seq_seq' for table in tables)} TO {role}"


def _names(tables: tuple[Table, ...]) -> str:
    return ", ".join(table.name for table in tables)
