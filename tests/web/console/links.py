"""The links of a page, with what they say."""

from html.parser import HTMLParser


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._open: tuple[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "a":
            self._open, self._text = (held.get("href") or "", held.get("class") or ""), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            self.found.append((*self._open, self._text.strip()))
            self._open = None


def links_in(page: str) -> list[tuple[str, str, str]]:
    """Address, class and words of every link."""
    parser = _Links()
    parser.feed(page)
    return parser.found


def counts_in(page: str) -> list[tuple[str, int]]:
    """Every number that leads to calls, with the address that it leads to."""
    return [(href, int(words.replace(",", ""))) for href, kind, words in links_in(page) if kind == "count"]
