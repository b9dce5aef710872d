"""Look after the audit record."""

from cds_service.commands.audit import drain, export, heads, index, migrate, purge, roles, verify

EXAMPLES = """\
calcification-cds audit verify
calcification-cds audit export out --format csv"""

COMMANDS = (verify, heads, export, index, migrate, purge, roles, drain)
