"""Look after the audit record."""

from cds_service.commands.audit import drain

EXAMPLES = "calcification-cds audit drain"

COMMANDS = (drain,)
