"""Judge recorded calls again, with other rules, and show which gain, lose or change a card, and why.

Nothing is written to the record. The exit status is 0 where nothing that --fail-on names is found, 1 where it is, and
2 where the replay could not be done or was interrupted. With --state an interrupted replay goes on when it is asked
again.
"""

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from cds_service.audit.moments import instant_of
from cds_service.audit.opened import open_recorded
from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.load import Content, load_content
from cds_service.errors import ContentError, InvalidRequest
from cds_service.replay.again import Judge
from cds_service.replay.asking import asked_of
from cds_service.replay.comparing import CHANGED, GAINED, LOST, UNSEEN
from cds_service.replay.one import CANNOT, UNSURE, Replayer
from cds_service.replay.progress import Progress
from cds_service.replay.run import Files
from cds_service.replay.run import run as run_replay
from cds_service.replay.state import Question, State, going_on
from cds_service.replay.summary import summary
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds replay --since 2026-01-01 --rules ./candidate-rules
calcification-cds replay --since 2026-01-01 --rules ./candidate-rules --rule tumoral-calcinosis --fail-on lost
calcification-cds replay --since 2026-01-01 --jobs 2 --state year.state --json year.ndjson"""

_DIFFERENT, _NOT_DONE = 1, 2
_FAILING = (GAINED, LOST, CHANGED, UNSEEN, UNSURE, CANNOT)
_USUAL = f"{GAINED},{LOST},{CHANGED},{CANNOT}"


def add_arguments(parser: ArgumentParser) -> None:
    """Period, filters, candidate, files and processes."""
    parser.add_argument("--since", type=_moment, metavar="DAY", help="calls received from this day on")
    parser.add_argument("--until", type=_moment, metavar="DAY", help="calls received before this day")
    parser.add_argument("--service", default="", metavar="ID", help="calls of this CDS service only")
    parser.add_argument("--client", default="", metavar="ID", help="calls of this client only")
    parser.add_argument("--rule", default="", metavar="ID", help="differences for this rule only")
    add_content_arguments(parser)
    parser.add_argument("--name", default="", metavar="TEXT", help="what to call the candidate (default: its folder)")
    parser.add_argument(
        "--fail-on", type=_kinds, default=_kinds(_USUAL), metavar="KINDS",
        help=f"exit with 1 where a call is of these kinds, of {', '.join(_FAILING)} (default: {_USUAL})",
    )  # fmt: skip
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep here how far it is, and go on from there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every call that differs here, one a line")
    parser.add_argument("--jobs", type=_processes, default=1, metavar="N", help="processes that judge (default: 1)")


def run(arguments: Namespace) -> int:
    """Replay, and print what came of it."""
    rules, cards = content_folders(arguments)
    try:
        content = load_content(rules, cards)
    except ContentError as error:
        print(error, file=sys.stderr)
        return _NOT_DONE
    state = _replayed(arguments, content, arguments.name or str(rules))
    print("\n".join(summary(state)))
    if not state.done:
        again = "The same command goes on from here." if arguments.state else "With --state it could go on."
        print(f"Interrupted. {again}", file=sys.stderr)
        return _NOT_DONE
    return _DIFFERENT if any(state.counts.calls[kind] for kind in arguments.fail_on) else 0


def _replayed(arguments: Namespace, content: Content, name: str) -> State:
    settings = from_environment(os.environ)
    question = Question(
        candidate=name,
        version=content.version,
        since=arguments.since or "",
        until=arguments.until or "",
        service=arguments.service,
        client=arguments.client,
        rule=arguments.rule,
        pages=settings.public_url if settings.serves_pages else "",
    )
    recorded = open_recorded(settings)
    state = going_on(arguments.state, question) if arguments.state else State(question)
    state, snapshots = asked_of(recorded, state, content)
    recorded.close()
    progress = Progress(sys.stderr, time.monotonic, shown=sys.stderr.isatty())
    try:
        replayer = Replayer(Judge(content, snapshots), arguments.rule)
        run_replay(replayer, recorded, state, Files(arguments.state, arguments.json), arguments.jobs, progress.tell)
    except KeyboardInterrupt:
        pass
    finally:
        progress.end()
    return state


def _moment(text: str) -> str:
    try:
        return instant_of(text, "it")
    except InvalidRequest as error:
        raise ArgumentTypeError(error.diagnostics) from None


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(part.strip() for part in text.split(",") if part.strip())
    wrong = [kind for kind in kinds if kind not in _FAILING]
    if wrong:
        raise ArgumentTypeError(f"{', '.join(wrong)} is none of {', '.join(_FAILING)}")
    return kinds


def _processes(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("must be 1 or more")
    return int(text)
