"""Patients in the audit record: a keyed hash, so that one patient's calls can be found without storing who it is."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cds_service.errors import StartError

_SECRET_BYTES = 32


def read_secret(path: Path, *, make: bool) -> bytes:
    """The secret of this installation.

    Args:
        path: the file that holds it.
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
            f"The patient key file {path} cannot be used ({error.strerror}). "
            "Set CALCIFICATION_CDS_PATIENT_KEY_FILE to a file of 32 random bytes that this user can read."
        ) from None
    if len(secret) < _SECRET_BYTES:
        raise StartError(f"The patient key file {path} is too short. It must hold at least {_SECRET_BYTES} bytes.")
    return secret


def patient_key(secret: bytes, patient_id: str) -> str:
    """The patient of a call as 64 hexadecimal digits (HMAC-SHA-256); the same patient always gives the same."""
    return hmac.new(secret, patient_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


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
