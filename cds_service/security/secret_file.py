"""The secrets of an installation, each in a file of its own that only the service's user can read."""

import os
import re
import secrets
from pathlib import Path

from cds_service.errors import StartError
from cds_service.settings import PREFIX

_SECRET_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,200}")


def read_secret(path: Path, setting: str, *, make: bool) -> bytes:
    """A secret of this installation.

    Args:
        path: the file that holds it.
        setting: the setting that names the file.
        make: write a new one, readable by its owner only, when there is none yet.

    Raises:
        StartError: the file is missing and must not be made, cannot be read, or is too short to be a secret.
    """
    try:
        if make and not path.exists():
            _make(path, secrets.token_bytes(_SECRET_BYTES))
        secret = path.read_bytes()
    except OSError as error:
        raise StartError(
            f"The file {path} cannot be used ({error.strerror}). "
            f"Set {PREFIX}{setting.upper()} to a file of {_SECRET_BYTES} random bytes that this user can read."
        ) from None
    if len(secret) < _SECRET_BYTES:
        raise StartError(
            f"The file {path} of {PREFIX}{setting.upper()} is too short. It must hold at least {_SECRET_BYTES} bytes."
        )
    return secret


def read_token(path: Path, setting: str) -> str:
    """A secret that people type or paste: printable text, made when there is none yet, readable by its owner only.

    Raises:
        StartError: as `read_secret`, or the file holds something else.
    """
    try:
        if not path.exists():
            _make(path, f"{secrets.token_urlsafe(_SECRET_BYTES)}\n".encode())
        token = read_secret(path, setting, make=False).decode("ascii").strip()
    except (OSError, UnicodeError):
        token = ""
    if not _TOKEN.fullmatch(token):
        raise StartError(
            f"The file {path} of {PREFIX}{setting.upper()} cannot be used as a token. Remove it, and a new one is made."
        )
    return token


def _make(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Linked into place only when complete: two processes that start together end up with one secret.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was first, and its secret counts
    finally:
        draft.unlink()
