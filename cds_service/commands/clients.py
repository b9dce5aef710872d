"""Check a client settings file: every problem at once, with line and cure. Nothing is fetched."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.hooks import SERVICES
from cds_service.security.clients import Client, Reading, read_clients

EXAMPLES = """\
calcification-cds clients clients.yaml
calcification-cds clients clients.yaml --demo"""


def add_arguments(parser: ArgumentParser) -> None:
    """The file, and `--demo` to check it for the demo profile."""
    parser.add_argument("file", type=Path, help="the file that CALCIFICATION_CDS_CLIENTS_FILE is to name")
    parser.add_argument("--demo", action="store_true", help="allow what only the demo profile takes, such as http")


def run(arguments: Namespace) -> int:
    """Print each client and what it may do; problems, one a line, stop it."""
    reading = Reading(not arguments.demo, tuple(SERVICES), time.perf_counter_ns)
    for client in read_clients(arguments.file, reading):
        print(_line(client))
    return 0


def _line(client: Client) -> str:
    services = ", ".join(sorted(client.services)) if client.services is not None else "every service"
    return f"{client.id} ({client.name}): signs as {client.issuer} with {_algorithms(client)}, may call {services}"


def _algorithms(client: Client) -> str:
    return " or ".join(sorted(client.algorithms))
