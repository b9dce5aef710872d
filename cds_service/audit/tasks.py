"""What a process does for the record beside its calls."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from cds_service.audit.index import Index
from cds_service.audit.witness import Witness
from cds_service.audit.writer import Writer
from cds_service.housekeeping import Task

_MOVED_AT_ONCE, _INDEXED_AT_ONCE = 2000, 2000
"""Records that are moved from the spool, and counted for the console, before the other tasks get their turn."""


def tasks_of(writer: Writer, index: Index, clock: Callable[[], datetime]) -> Sequence[Task]:
    """The tasks of one process, the most urgent first.

    Args:
        writer: of this process.
        index: of the console, with connections of its own.
        clock: the present moment.
    """
    return (
        Task("records that wait in the spool", 1, partial(writer.move_waiting, _MOVED_AT_ONCE)),
        Task("records that were left in the spool", 5, partial(writer.move_left_behind, _MOVED_AT_ONCE)),
        Task("testimony", 60, Witness(writer.engine, writer, clock).tick),
        Task("the console's figures", 60, partial(index.catch_up, _INDEXED_AT_ONCE)),
    )
