"""Look after the audit record."""

from cds_service.commands.audit import index

EXAMPLES = "calcification-cds audit index"

COMMANDS = (index,)
