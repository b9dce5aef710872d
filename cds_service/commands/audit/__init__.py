"""Look after the audit record."""

from cds_service.commands.audit import migrate

EXAMPLES = "calcification-cds audit migrate"

COMMANDS = (migrate,)
