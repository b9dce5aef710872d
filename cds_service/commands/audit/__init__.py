"""Look after the audit record."""

from cds_service.commands.audit import heads, migrate, purge, roles, verify

EXAMPLES = "calcification-cds audit verify"

COMMANDS = (verify, heads, migrate, purge, roles)
