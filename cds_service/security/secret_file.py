"""The secrets of an installation, each in a file of its own that only the service's user can read."""

import os
import secrets
from pathlib import Path

from cds_service.errors import StartError
from cds_service.settings import PREFIX

_SECRET_BYTES = 32


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
            _make_secret(path)
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


def _make_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Linked into place only when complete: two processes that start together end up with one secret.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_SECRET_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was first, and its secret counts
    finally:
        draft.unlink()
