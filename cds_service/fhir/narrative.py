"""Bytes to text: what stands between a narrative as sent and text that can be read."""

import base64
import binascii
import codecs
import re

MAX_BYTES = 500_000
"""Of the attachments of one report, together, with their markup."""
LONGEST_TEXT = 50_000
"""Characters of one report that are read. Reports have 2 to 20 thousand; the worst of so many take half a second."""

# What files that are no text begin with.
_BINARY = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"II*\x00")
RTF = "{\\rtf"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The encodings that a report in English is sent in, by Python's name for each. Latin-1 and ASCII are read as
# Windows-1252, which adds only what those leave out, as the WHATWG's Encoding Standard has it.
_SINGLE_BYTE = re.compile(r"iso8859-\d+|cp125\d|ascii|mac-roman")
_AS_WINDOWS = frozenset(codecs.lookup(name).name for name in ("latin-1", "ascii"))
_UNLABELLED = ("utf-8", "cp1252")
_LONGEST_LETTER = 4
_LETTER_OF_UTF8 = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LETTERS_FOR_A_CONTROL = 200


class UnreadableNarrativeError(Exception):
    """A narrative cannot be read. The message says why, without any of its content."""


def decoded(data: str, content_type: str) -> str:
    """The text in base64 data.

    Args:
        data: base64, with or without line breaks.
        content_type: such as "text/plain; charset=utf-8". A byte order mark goes before the charset; without either,
            or where the bytes are not in that charset, UTF-8 is tried, then Windows-1252.

    Raises:
        UnreadableNarrativeError: not base64, too long, RTF, not text, in an unknown charset or in several at once.
    """
    if len(data) > MAX_BYTES * 4 // 3 + 4:
        raise UnreadableNarrativeError(f"it is longer than {MAX_BYTES // 1000} kB")
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableNarrativeError("the data is not base64") from error
    if raw.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(RTF.encode()):
        raise UnreadableNarrativeError("the data is not text but RTF")
    if raw.startswith(_BINARY):
        raise UnreadableNarrativeError("the data is not text")
    charset = content_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    text = _text(raw, charset)
    if len(_CONTROLS.findall(text)) * _LETTERS_FOR_A_CONTROL > len(text):
        raise UnreadableNarrativeError("the data is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(raw: bytes, charset: str) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            text = _strictly(raw[len(mark) :], encoding)
            if text is None:
                raise UnreadableNarrativeError("the text is not in the charset of its byte order mark")
            return text
    for encoding in _candidates(raw, charset):
        text = _strictly(raw, encoding)
        if text is not None:
            return text
    if _LETTER_OF_UTF8.search(raw):
        raise UnreadableNarrativeError("the text mixes charsets")
    text = _strictly(raw, _UNLABELLED[1])
    if text is None:
        raise UnreadableNarrativeError("the text is not in its charset")
    return text


def _candidates(raw: bytes, charset: str) -> tuple[str, ...]:
    """The encodings to try before the last resort, in order.

    A label for single bytes is wrong where the bytes are letters of UTF-8: that they are so by chance is next to
    impossible, and read by the label they would be other words. UTF-16 has a zero in
    every letter of English, and which of the two bytes it is tells the order.
    """
    if not charset:
        return _UNLABELLED[:1]
    try:
        encoding = codecs.lookup(charset).name
    except LookupError as error:
        raise UnreadableNarrativeError("the charset is not known") from error
    if encoding.startswith("utf-16"):
        even, odd = raw[::2].count(0), raw[1::2].count(0)
        wide = "utf-16-be" if even > odd else "utf-16-le"
        return (wide,) if (even + odd) * _LONGEST_LETTER > len(raw) else _UNLABELLED[:1]
    if encoding in ("utf-8", "utf-8-sig"):
        return _UNLABELLED[:1]
    if not _SINGLE_BYTE.fullmatch(encoding):
        raise UnreadableNarrativeError("the charset is not known")
    label = "cp1252" if encoding in _AS_WINDOWS else encoding
    return ("utf-8", label) if not raw.isascii() else (label,)


def _strictly(raw: bytes, encoding: str) -> str | None:
    """The bytes by one encoding, or None. Where they are UTF-8 by another letter, one cut off at the end is dropped."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        whole = raw[: error.start]
        cut_off = encoding == "utf-8" and error.end == len(raw) and len(raw) - error.start < _LONGEST_LETTER
        return whole.decode(encoding) if cut_off and not whole.isascii() else None
