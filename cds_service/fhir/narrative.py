"""HTML to plain text, and bytes to text: what stands between a narrative as sent and text that can be read."""

import base64
import binascii
from html.parser import HTMLParser

MAX_BYTES = 1_000_000
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    }
)
_SILENT = frozenset({"script", "style", "head", "title"})
_CELLS = frozenset({"td", "th"})
# What files that are no text begin with.
_BINARY = (b"%PDF", b"{\\rtf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


class UnreadableNarrativeError(Exception):
    """A narrative cannot be read. The message says why, without any of its content."""


def text_of_html(html: str) -> str:
    """The text of an HTML or XHTML fragment; blocks, line breaks and list items stay lines of their own."""
    parser = _TextOfHtml()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def decoded(data: str, content_type: str) -> str:
    """The text in base64 data.

    Args:
        data: base64, with or without line breaks.
        content_type: such as "text/plain; charset=utf-8"; without a charset UTF-8 is tried, then Windows-1252.

    Raises:
        UnreadableNarrativeError: not base64, too long, not text, or in an unknown charset.
    """
    if len(data) > MAX_BYTES * 4 // 3 + 4:
        raise UnreadableNarrativeError("the text is longer than 1 MB")
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableNarrativeError("the data is not base64") from error
    if raw.startswith(_BINARY) or (b"\x00" in raw and "utf-16" not in content_type.lower()):
        raise UnreadableNarrativeError("the data is not text")
    charset = content_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    return _text(raw, charset)


def _text(raw: bytes, charset: str) -> str:
    for candidate in (charset, "utf-8-sig", "cp1252"):
        try:
            if candidate:
                return raw.decode(candidate).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        except LookupError as error:
            raise UnreadableNarrativeError("the charset is not known") from error
        except UnicodeDecodeError:
            continue
    raise UnreadableNarrativeError("the text is not in its charset")


class _TextOfHtml(HTMLParser):
    """Collects text; knows blocks, cells and what is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # HTMLParser's signature
        if tag in _SILENT:
            self._hidden += 1
        elif tag == "pre":
            self._preformatted += 1
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._hidden:
            self._hidden -= 1
        elif tag == "pre" and self._preformatted:
            self._preformatted -= 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data if self._preformatted else " ".join(data.split("\n")))
