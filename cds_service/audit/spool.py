"""The spool: where records of calls wait while the database is away, each durable before its answer leaves.

Every process has a file of its own in the folder, locked for as long as it lives. What a process leaves behind is moved
to the database by whoever comes next.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cds_service.audit.chain import Linked
from cds_service.audit.frames import frame
from cds_service.audit.spool_file import SUFFIX, Batch, SpoolFile, add_to, count_waiting, sync_folder
from cds_service.errors import StartError

_UNREADABLE, _REFUSED = ".unreadable", ".refused"
_TRIAL_BYTES = 64 * 1024
_BATCH = 100

Moving = Callable[[Sequence[Linked]], Sequence[Linked]]
"""Puts entries into the database, each once; gives back those that it refuses for their own sake."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What lies in a spool.

    Attributes:
        waiting: records that are still to be moved to the database.
        aside: names of files with what cannot be moved: records that the database refused, and torn ends.
    """

    waiting: int
    aside: tuple[str, ...]


class Spool:
    """The spool of this machine, as one process uses it.

    Args:
        folder: on a disk of this machine, readable by its owner only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: SpoolFile | None = None

    @property
    def waits(self) -> bool:
        """Whether records of this process wait."""
        return self._own is not None and self._own.waits

    def append(self, places: Sequence[Linked]) -> None:
        """Keep entries, all of them or none. When this returns, they are on the disk.

        Raises:
            OSError: they are not.
            ValueError: the database could not keep them either.
        """
        if self._own is None:
            self._own = SpoolFile.made(self._folder / f"{places[0].writer}-{places[0].number}{SUFFIX}")
        self._own.append(places)

    def move(self, moving: Moving, most: int) -> int:
        """Move what waits of this process, the oldest first; how many records were looked at.

        Raises:
            DatabaseAway: from `moving`; what was not moved waits on.
            OSError: what cannot be moved could not be put aside.
        """
        return 0 if self._own is None else _moved(self._own, moving, most)

    def tidy(self) -> None:
        """Remove this process's file when nothing waits in it. Nothing may be appended meanwhile."""
        if self._own is not None and not self._own.waits:
            own, self._own = self._own, None
            own.remove()

    def move_left_behind(self, moving: Moving, most: int) -> int:
        """Move what processes left behind that are gone; how many records were looked at.

        Raises:
            DatabaseAway: from `moving`; what was not moved waits on.
            OSError: a file cannot be used.
        """
        count = 0
        for file in self._left_behind():
            try:
                count += _moved(file, moving, most - count)
            finally:
                if file.waits:
                    file.release()
                else:
                    file.remove()
            if count >= most:
                break
        return count

    def state(self) -> SpoolState:
        """What lies in the folder now, of whichever process."""
        aside = [path.name for suffix in (_UNREADABLE, _REFUSED) for path in self._folder.glob(f"*{suffix}")]
        return SpoolState(sum(count_waiting(path) for path in self._files()), tuple(sorted(aside)))

    def require_writable(self) -> None:
        """Write something and take it back.

        Raises:
            OSError: no record could be kept here now.
        """
        trial = self._folder / f"trial-{os.getpid()}"
        try:
            add_to(trial, bytes(_TRIAL_BYTES))
        finally:
            with suppress(FileNotFoundError):
                trial.unlink()

    def start_anew(self) -> None:
        """After a fork: the file so far is the parent's."""
        if self._own is not None:
            self._own.release()
            self._own = None

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _left_behind(self) -> Iterator[SpoolFile]:
        for path in self._files():
            file = SpoolFile.left_behind(path)
            if file is not None:
                yield file


def make_folder(folder: Path) -> None:
    """Make the folder of the spool, durably, where there is none.

    Raises:
        StartError: it cannot be made.
    """
    try:
        for level in (folder, *folder.parents)[::-1]:
            if not level.exists():
                level.mkdir(mode=0o700, exist_ok=True)
                sync_folder(level.parent)
    except OSError as error:
        raise StartError(
            f"The folder {folder} of CALCIFICATION_CDS_SPOOL_DIR cannot be made ({error.strerror}). "
            "Name a folder on a disk of this machine, in which records wait while the database is away."
        ) from None


def _moved(file: SpoolFile, moving: Moving, most: int) -> int:
    count = 0
    while file.waits and count < most:
        batch = file.oldest(min(_BATCH, most - count))
        refused = moving(batch.places)
        _put_aside(file.path, batch, refused)
        file.moved(batch)
        count += len(batch.places)
    return count


def _put_aside(path: Path, batch: Batch, refused: Sequence[Linked]) -> None:
    """Keep what cannot be moved beside the spool, so that nothing is lost unseen."""
    if batch.unreadable:
        beside = path.with_suffix(_UNREADABLE)
        add_to(beside, batch.unreadable)
        _log.error("%d bytes of the spool cannot be read and lie in %s", len(batch.unreadable), beside.name)
    if refused:
        beside = path.with_suffix(_REFUSED)
        add_to(beside, b"".join(frame(place) for place in refused))
        _log.error("%d records of the spool were refused and lie in %s", len(refused), beside.name)
