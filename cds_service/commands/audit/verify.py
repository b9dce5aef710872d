"""Check that the audit record is as it was written, and name whatever is not. Nothing is written.

The status is 0 if everything fits, and 1 if anything is wrong. Do not purge while it runs.
"""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from cds_service.audit.engine import open_engine
from cds_service.audit.heads import read_heads
from cds_service.audit.verify import Verified, verify
from cds_service.errors import InvalidRequest
from cds_service.security.secret_file import read_secret
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit verify
calcification-cds audit verify --heads heads-of-june.jsonl
calcification-cds audit verify --json"""


def add_arguments(parser: ArgumentParser) -> None:
    """`--heads`, `--json` and `--processes`."""
    parser.add_argument("--heads", type=Path, metavar="FILE", help="what `audit heads` printed, kept elsewhere")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of lines")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many may work at once")


def run(arguments: Namespace) -> int:
    """Verify, and print what was found."""
    settings = from_environment(os.environ)
    key = read_secret(settings.audit_key_file, "audit_key_file", make=False)
    kept = read_heads(key, _lines(arguments.heads), str(arguments.heads)) if arguments.heads else ()
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    verified = verify(engine, key, kept, max(1, arguments.processes), progress_line("checked"))
    engine.dispose()
    print(_as_json(verified) if arguments.json else _in_words(verified))
    return 1 if verified.findings else 0


def progress_line(done: str) -> Callable[[int, int], None]:
    """Shows how far long work has come: on a terminal as it goes, elsewhere each tenth."""
    shown = 0

    def show(count: int, of: int) -> None:
        nonlocal shown
        tenth = count * 10 // of if of else 10
        if sys.stderr.isatty():
            print(f"\r{done} {count:,} of {of:,}", end="\n" if count == of else "", file=sys.stderr, flush=True)
        elif tenth > shown:
            print(f"{done} {count:,} of {of:,}", file=sys.stderr, flush=True)
        shown = max(shown, tenth)

    return show


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path} cannot be read as UTF-8 text ({type(error).__name__}).") from None


def _as_json(verified: Verified) -> str:
    purges = [
        {"chain": one.chain, "at": one.at, "by": one.by, "before": one.before, "rows": dict(one.rows)}
        for one in verified.purges
    ]
    findings = [finding.as_json() for finding in verified.findings]
    said = {"entries": verified.entries, "chains": verified.chains, "findings": findings, "purged": purges}
    return json.dumps(said, indent=2)


def _in_words(verified: Verified) -> str:
    lines = [str(finding) for finding in verified.findings]
    for one in verified.purges:
        rows = ", ".join(f"{count} {table}" for table, count in one.rows.items())
        lines.append(f"purged from chain {one.chain} at {one.at} by {one.by}, older than {one.before}: {rows}")
    many = len(verified.findings)
    found = "all is as it was written" if not many else f"{many} {'thing is' if many == 1 else 'things are'} wrong"
    return "\n".join([*lines, f"{verified.entries:,} entries in {verified.chains:,} chains: {found}."])
