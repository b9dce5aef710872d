"""The texts of reports, sealed before they are kept: who reads the database without the key reads nothing of them.

AES-256-GCM over the texts, compressed, and bound to the id of their call: sealed bytes that were changed, or moved to
another call, do not open. In front stand the id of the key and the nonce, so that older texts open after the key was
changed, as long as the older key's file is still named.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cds_service.errors import StartError
from cds_service.security.secret_file import read_secret
from cds_service.settings import PREFIX, Settings

KEY_BYTES, NONCE_BYTES = 32, 12
_KEY_ID_BYTES = 4
_SETTING = "report_text_key_file"


class SealedTextsError(Exception):
    """Sealed texts do not open. The message says why, for a page."""


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """Whether the texts of reports are kept, and with which keys.

    Attributes:
        kept: whether new texts are kept.
        keys: of `KEY_BYTES` each; the first seals, all of them open.
        new_nonce: `NONCE_BYTES` bytes at each call, which never come twice.
    """

    kept: bool
    keys: tuple[bytes, ...]
    new_nonce: Callable[[], bytes]

    def sealed(self, texts: Sequence[str], call_id: str) -> bytes | None:
        """The texts of one call's reports, sealed; None where none are kept, or there was nothing to read."""
        if not self.kept or not any(texts):
            return None
        # As JSON in ASCII: a text may hold half a character (a lone surrogate), which UTF-8 cannot write.
        packed = zlib.compress(json.dumps(list(texts)).encode("ascii"))
        key, nonce = self.keys[0], self.new_nonce()
        return key_id(key) + nonce + AESGCM(key).encrypt(nonce, packed, call_id.encode())

    def opened(self, sealed: bytes, call_id: str) -> tuple[str, ...]:
        """The texts that were sealed for this call, one for each report of it, in their order.

        Raises:
            SealedTextsError: their key is not here, or these are not the bytes that were sealed for this call.
        """
        wanted, nonce = sealed[:_KEY_ID_BYTES], sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + NONCE_BYTES]
        key = next((key for key in self.keys if key_id(key) == wanted), None)
        if key is None:
            raise SealedTextsError(
                f"it was sealed with the key {wanted.hex()}, and no file of the setting {_SETTING} holds that key"
            )
        try:
            packed = AESGCM(key).decrypt(nonce, sealed[_KEY_ID_BYTES + NONCE_BYTES :], call_id.encode())
        except (InvalidTag, ValueError):
            raise SealedTextsError("its sealed bytes were changed, or are not those of this call") from None
        return tuple(json.loads(zlib.decompress(packed)))


def key_id(key: bytes) -> bytes:
    """What a key is called in front of what it sealed: the start of its SHA-256."""
    return hashlib.sha256(key).digest()[:_KEY_ID_BYTES]


def read_report_texts(settings: Settings, new_nonce: Callable[[], bytes]) -> ReportTexts:
    """What the settings say of the texts of reports.

    Where they are kept every key file has to be there; the demo makes the first. Where they are not, the keys that are
    there still open what was kept before.

    Raises:
        StartError: a key file is missing, cannot be read, or holds no key.
    """
    kept = settings.report_text == "on"
    files = [Path(name.strip()) for name in settings.report_text_key_file.split(",") if name.strip()]
    if kept and not files:
        raise StartError(
            f"{PREFIX}REPORT_TEXT is on, and no key is named. "
            f"Set {PREFIX}{_SETTING.upper()} to a file of {KEY_BYTES} random bytes."
        )
    made = kept and settings.profile == "demo"
    keys = [_key(file, make=made and file == files[0]) for file in files if kept or file.exists()]
    return ReportTexts(kept, tuple(keys), new_nonce)


def _key(file: Path, *, make: bool) -> bytes:
    key = read_secret(file, _SETTING, make=make)
    if len(key) != KEY_BYTES:
        raise StartError(f"The file {file} of {PREFIX}{_SETTING.upper()} must hold exactly {KEY_BYTES} bytes.")
    return key
