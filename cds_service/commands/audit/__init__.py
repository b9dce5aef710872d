"""Look after the audit record."""

from cds_service.commands.audit import export

EXAMPLES = "calcification-cds audit export --help"

COMMANDS = (export,)
