"""Look after the audit record."""

from cds_service.commands.audit import export, heads, migrate, purge, roles, verify

EXAMPLES = """\
calcification-cds audit verify
calcification-cds audit export out --format csv"""

COMMANDS = (verify, heads, export, migrate, purge, roles)
