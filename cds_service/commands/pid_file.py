"""The file that names the running service, so that a command can signal it and never anybody else."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from cds_service.errors import StartError


@dataclass(frozen=True, slots=True)
class Running:
    """The master process of a running service, and where it answers on this machine."""

    pid: int
    url: str


def hold(path: Path, url: str) -> bool:
    """Write this process into the file and keep the file locked until it ends; False where another one holds it.

    The lock belongs to this process alone: its children do not inherit it, and it goes when the process goes, however
    it ends. A file that was left behind is so never taken for a running service.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never closed: that would give the lock away.
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return False
    os.ftruncate(held, 0)
    os.write(held, f"{os.getpid()}\n{url}\n".encode())
    return True


def release(path: Path) -> None:
    """Take the file away at the end, if it is this process's."""
    try:
        if int(path.read_text(encoding="ascii").split()[0]) == os.getpid():
            path.unlink()
    except (OSError, ValueError, IndexError):
        # There is none, or it is another's.
        return


def running(path: Path) -> Running:
    """The service that holds the file.

    Raises:
        StartError: none does.
    """
    try:
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, url = path.read_text(encoding="ascii").split()
        return Running(int(pid), url)
    except FileNotFoundError:
        raise StartError(f"No service runs here: {path} does not exist. {_CURE}") from None
    except OSError as error:
        raise StartError(f"{path} cannot be read ({error.strerror}). {_CURE}") from None
    raise StartError(f"No service runs here: the one that wrote {path} has ended. {_CURE}")


_CURE = "Start it with calcification-cds serve, or set CALCIFICATION_CDS_PID_FILE to the file of the one that runs."
