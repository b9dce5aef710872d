"""Switch a rule, a client or a service off: it is judged and recorded on, and shows nothing."""

from argparse import ArgumentParser, Namespace

from cds_service.audit.switches import OFF
from cds_service.commands.switch.setting import add_setting_arguments, switch

EXAMPLES = """\
calcification-cds switch off rule tumoral-calcinosis --reason "false cards since Monday"
calcification-cds switch off rule fop-pattern --reason "warns at every ankle" --confirm
calcification-cds switch off client county-hospital --reason "sends test patients" --who "A. Reader\""""


def add_arguments(parser: ArgumentParser) -> None:
    """What `on` takes, and `--confirm`."""
    add_setting_arguments(parser)
    parser.add_argument("--confirm", action="store_true", help="needed for a must-not-miss rule: nobody is warned")


def run(arguments: Namespace) -> int:
    """Switch it off."""
    return switch(arguments, OFF, confirmed=arguments.confirm)
