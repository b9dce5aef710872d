"""Print the SQL that makes the roles of PostgreSQL: one owns the tables, one serves, one purges.

Run it once as a superuser, after `audit migrate` or the first start made the tables. Then give each role its password.
"""

from argparse import ArgumentParser, Namespace

from cds_service.audit.roles import statements

EXAMPLES = """\
calcification-cds audit roles | psql --set ON_ERROR_STOP=1 calcification"""


def add_arguments(_parser: ArgumentParser) -> None:
    """None."""


def run(_arguments: Namespace) -> int:
    """Print it."""
    for statement in statements():
        print(f"{statement};")
    return 0
