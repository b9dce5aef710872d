"""One file of the spool: entries that are durable here until they stand in the database. Its owner holds its lock."""

import fcntl
import os
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cds_service.audit.chain import Linked
from cds_service.audit.frames import HEAD_BYTES, frame, frames, length_at

SUFFIX = ".spool"
_TITLE = b"CDSspool"
_BEGIN = struct.Struct(f">{len(_TITLE)}sQI")


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that follow one another in a file: what can be read, what cannot, and where they end."""

    places: tuple[Linked, ...]
    unreadable: bytes
    end: int


class SpoolFile:
    """A file of the spool that this process has locked: nobody else moves its entries.

    Args:
        path: of the file.
        descriptor: open for reading and writing, and locked.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._end = os.fstat(descriptor).st_size
        self._offset = min(_moved_so_far(os.pread(descriptor, _BEGIN.size, 0)), self._end)

    @classmethod
    def made(cls, path: Path) -> Self:
        """A new file.

        Raises:
            OSError: it cannot be made, or there is one.
        """
        made = None
        while made is None:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            # Who looks for files that were left behind may have been faster, found it empty, and removed it.
            made = cls(path, descriptor) if _lock(descriptor, path, fcntl.LOCK_EX) else None
        try:
            made._write(_begin(_BEGIN.size))
            made._offset = made._end
            sync_folder(path.parent)
        except OSError:
            with suppress(OSError):
                path.unlink()
            made.release()
            raise
        return made

    @classmethod
    def left_behind(cls, path: Path) -> Self | None:
        """A file whose owner is gone; None for one that has an owner, or is no more.

        Raises:
            OSError: it cannot be opened.
        """
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        return cls(path, descriptor) if _lock(descriptor, path, fcntl.LOCK_EX | fcntl.LOCK_NB) else None

    @property
    def waits(self) -> bool:
        """Whether anything in it was not moved yet."""
        return self._offset < self._end

    def append(self, places: Sequence[Linked]) -> None:
        """Keep entries, all of them or none. When this returns, they are on the disk.

        Raises:
            OSError: they are not.
            ValueError: the database could not keep them either.
        """
        self._write(b"".join(frame(place) for place in places))

    def oldest(self, most: int) -> Batch:
        """The next entries to be moved, in their order."""
        places: list[Linked] = []
        at, unreadable = self._offset, b""
        while len(places) < most and at < self._end:
            length = length_at(os.pread(self._descriptor, HEAD_BYTES, at))
            raw = os.pread(self._descriptor, min(length, self._end - at), at)
            start, end, place = next(frames(raw), (-1, 0, None))
            if start == 0 and place is not None:
                places.append(place)
                at += end
                continue
            rest = os.pread(self._descriptor, self._end - at, at)
            skipped = next((start for start, _, _ in frames(rest)), len(rest))
            unreadable += rest[:skipped]
            at += skipped
        return Batch(tuple(places), unreadable, at)

    def moved(self, batch: Batch) -> None:
        """Note that a batch is done with. What is moved twice, because this was lost, is recognised by its place."""
        self._offset = batch.end
        with suppress(OSError):
            os.pwrite(self._descriptor, _begin(batch.end), 0)

    def remove(self) -> None:
        """Delete it, durably, and give up its lock."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        self.release()

    def release(self) -> None:
        """Give up its lock, with what waits in it."""
        os.close(self._descriptor)

    def _write(self, raw: bytes) -> None:
        start = self._end
        try:
            _write_whole(lambda part, at: os.pwrite(self._descriptor, part, start + at), raw)
            os.fsync(self._descriptor)
        except OSError:
            # What half stays where even this fails is written over by the next, or seen to be torn.
            with suppress(OSError):
                os.ftruncate(self._descriptor, start)
            raise
        self._end = start + len(raw)


def add_to(path: Path, raw: bytes) -> None:
    """Append to a file beside the spool, durably.

    Raises:
        OSError: it cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _write_whole(lambda part, _: os.write(descriptor, part), raw)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _write_whole(write: Callable[[bytes, int], int], raw: bytes) -> None:
    """Write all of it: a system call may write less than it was given, as when the disk is nearly full."""
    written = 0
    while written < len(raw):
        written += write(raw[written:], written)


def count_waiting(path: Path) -> int:
    """How many entries of a file were not moved yet, whoever owns it; 0 for one that is gone."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            at, count = _moved_so_far(file.read(_BEGIN.size)), 0
            while (length := length_at(os.pread(file.fileno(), HEAD_BYTES, at))) and at + length <= size:
                at, count = at + length, count + 1
    except FileNotFoundError:
        return 0
    return count


def _begin(offset: int) -> bytes:
    return _BEGIN.pack(_TITLE, offset, zlib.crc32(b"%d" % offset))


def _moved_so_far(begin: bytes) -> int:
    """Where the entries begin that were not moved yet; the first one, where the file does not tell."""
    if len(begin) < _BEGIN.size:
        return _BEGIN.size
    title, offset, checksum = _BEGIN.unpack(begin)
    return int(offset) if title == _TITLE and checksum == zlib.crc32(b"%d" % offset) else _BEGIN.size


def _lock(descriptor: int, path: Path, kind: int) -> bool:
    """Lock a file that was just opened; False, and closed, when another has it or it is gone from its place."""
    try:
        fcntl.flock(descriptor, kind)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return True
    except (BlockingIOError, FileNotFoundError):
        pass  # said by the answer
    os.close(descriptor)
    return False


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: they are not.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
