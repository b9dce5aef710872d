"""Switch a rule, a client or a service on again."""

from argparse import ArgumentParser, Namespace

from cds_service.audit.switches import ON
from cds_service.commands.switch.setting import add_setting_arguments, switch

EXAMPLES = 'calcification-cds switch on rule tumoral-calcinosis --reason "corrected in 1.2.0"'


def add_arguments(parser: ArgumentParser) -> None:
    """The subject, the reason, and who it was."""
    add_setting_arguments(parser)


def run(arguments: Namespace) -> int:
    """Switch it on."""
    return switch(arguments, ON, confirmed=True)
