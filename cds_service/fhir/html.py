"""HTML to plain text: a narrative's `text.div` or an HTML attachment as the lines that a reader sees.

Linear in its length whatever it holds: the standard library's parser takes minutes for some texts of a few kilobytes,
and fails on others.
"""

import re
from html import unescape

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    }
)
# Not shown, or struck out.
_SILENT = frozenset({"script", "style", "head", "title", "template", "del", "s", "strike"})
_CELLS = frozenset({"td", "th"})
_UNREAD = frozenset({"script", "style"})
# No tag runs over the beginning of another one, so no text is looked at twice.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/<>]*+)((?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)>|<(/?)([a-zA-Z][^\s/<>]*+)[^<>]*+>"""
)
# What can begin markup: a tag that ends before the next one begins, a comment, or a declaration.
_BEGINS = re.compile(r"<(?=[a-zA-Z/][^<>]*+>|[!?])")
_COMMENT, _CDATA = ("<!--", "-->"), ("<![CDATA[", "]]>")
_DECLARATIONS = ("<!", "<?", "</")
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{9,}+;?")


def text_of_html(html: str) -> str:
    """The text of an HTML or XHTML fragment; blocks, line breaks and list items stay lines of their own.

    What is opened and never closed, a comment or half a tag, counts as text: a word too much is seen, one lost is not.
    """
    reader = _TextOfHtml(html)
    reader.read()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextOfHtml:
    """Collects text; knows blocks, cells and what is not shown."""

    def __init__(self, html: str) -> None:
        self.parts: list[str] = []
        self._html = html
        self._lower = html.lower() if html.isascii() else re.sub("[A-Z]+", lambda found: found[0].lower(), html)
        self._missing: set[str] = set()
        self._hidden = 0
        self._preformatted = 0

    def read(self) -> None:
        """Read from the first letter to the last."""
        at = 0
        while ">" not in self._missing:
            begins = _BEGINS.search(self._html, at)
            if begins is None:
                break
            self._text(self._html[at : begins.start()])
            at = self._markup(begins.start())
        self._text(self._html[at:])

    def _markup(self, begin: int) -> int:
        """Take what begins with "<"; where the text goes on."""
        tag = _TAG.match(self._html, begin)
        if tag is not None:
            return self._tag(tag)
        for opening, closing in (_COMMENT, _CDATA):
            if self._html.startswith(opening, begin):
                end = self._find(closing, begin + len(opening))
                if end >= 0:
                    self._text(self._html[begin + len(opening) : end] if opening == _CDATA[0] else "")
                    return end + len(closing)
        if self._html.startswith(_DECLARATIONS, begin):
            end = self._find(">", begin)
            if end >= 0:
                return end + 1
        self._text("<")
        return begin + 1

    def _find(self, what: str, start: int) -> int:
        """As `find` in lower case; what was once not there to be found is not looked for again."""
        if what in self._missing:
            return -1
        found = self._lower.find(what.lower(), start)
        if found < 0:
            self._missing.add(what)
        return found

    def _tag(self, tag: re.Match[str]) -> int:
        name = (tag[2] or tag[5]).lower()
        if tag[1] or tag[4]:
            self._close(name)
            return tag.end()
        self._open(name)
        if tag[0].endswith("/>"):
            self._close(name)
        elif name in _UNREAD:
            end = self._find(f"</{name}", tag.end())
            return end if end >= 0 else len(self._html)
        return tag.end()

    def _open(self, name: str) -> None:
        if name == "body":
            # A head that was never closed ends here.
            self._hidden = 0
        elif name in _SILENT:
            self._hidden += 1
        elif name == "pre":
            self._preformatted += 1
        if name in _BLOCKS:
            self.parts.append("\n")
        elif name in _CELLS:
            self.parts.append(" ")

    def _close(self, name: str) -> None:
        if name in _SILENT and self._hidden:
            self._hidden -= 1
        elif name == "pre" and self._preformatted:
            self._preformatted -= 1
        if name in _BLOCKS:
            self.parts.append("\n")

    def _text(self, text: str) -> None:
        if text and not self._hidden:
            said = unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text
            self.parts.append(said if self._preformatted else " ".join(said.split("\n")))
