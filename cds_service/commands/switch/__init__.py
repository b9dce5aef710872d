"""Switch rules, clients and services off and on, in every process of the service within five seconds."""

from cds_service.commands.switch import list as listing
from cds_service.commands.switch import off, on

EXAMPLES = """\
calcification-cds switch off rule tumoral-calcinosis --reason "false cards since Monday"
calcification-cds switch on rule tumoral-calcinosis --reason "corrected in 1.2.0"
calcification-cds switch list"""

COMMANDS = (off, on, listing)
