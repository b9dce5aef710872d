"""Take records out: NDJSON, CSV or Parquet tables, or FHIR R4 resources. De-identified unless asked otherwise."""

import os
import sys
from argparse import ArgumentParser, Namespace
from hashlib import sha256
from pathlib import Path

from cds_service.app import open_records, random_id
from cds_service.audit.stream import Wanted
from cds_service.errors import StartError
from cds_service.export.disguise import Dates, DeIdentified, Disguise, Identified
from cds_service.export.files import FORMATS
from cds_service.export.run import FHIR, Source, export
from cds_service.export.times import instant_of
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit export out --format csv
calcification-cds audit export out --format parquet --since 2026-01-01 --until 2026-07-01 --dates shifted
calcification-cds audit export out --format fhir --identified"""

_KEY_BYTES = 32
_TELL_EVERY = 1000


def add_arguments(parser: ArgumentParser) -> None:
    """The folder, the format, which calls, and what leaves of identifiers."""
    parser.add_argument("folder", type=Path, help="a new folder for the files")
    parser.add_argument("--format", choices=[*FORMATS, FHIR], default="ndjson", help="default ndjson")
    parser.add_argument("--since", default="", help="first day or instant, UTC")
    parser.add_argument("--until", default="", help="day or instant at which it ends, left out")
    for name in ("service", "client", "outcome"):
        parser.add_argument(f"--{name}", default="", help=f"only calls with this {name}")
    parser.add_argument("--dates", choices=list(Dates), default=Dates.YEAR, type=Dates, help="default year")
    parser.add_argument("--pseudonym-key-file", type=Path, help="32 secret bytes, to join exports; else a new key each")
    parser.add_argument("--identified", action="store_true", help="leave identifiers, dates and free text in")


def run(arguments: Namespace) -> int:
    """Write the files and say how much is in them."""
    wanted = Wanted(
        since=instant_of(arguments.since, "--since"),
        until=instant_of(arguments.until, "--until"),
        service=arguments.service,
        client=arguments.client,
        outcome=arguments.outcome,
    )
    audit = open_records(from_environment(os.environ))
    source = Source(audit.store, audit.stream)
    counts = export(source, wanted, _disguise(arguments), arguments.format, arguments.folder, _tell)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for name, count in counts.items():
        print(f"{count:>9}  {name}")
    return 0


def _disguise(arguments: Namespace) -> Disguise:
    if arguments.identified:
        return Identified()
    return DeIdentified(_key(arguments.pseudonym_key_file), arguments.dates)


def _key(path: Path | None) -> bytes:
    if path is None:
        return sha256(random_id().encode()).digest()
    try:
        key = path.read_bytes()
    except OSError as error:
        raise StartError(f"The file {path} cannot be read ({error.strerror}).") from None
    if len(key) < _KEY_BYTES:
        raise StartError(f"The file {path} is too short for a key. It must hold at least {_KEY_BYTES} random bytes.")
    return key


def _tell(done: int) -> None:
    if done % _TELL_EVERY == 0 and sys.stderr.isatty():
        print(f"\r{done} calls", end="", file=sys.stderr, flush=True)
