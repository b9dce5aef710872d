"""The tags of a page in their order, to see whether it can be read by ear."""

from html.parser import HTMLParser


class Outline(HTMLParser):
    """Feed it a page; `tags` then holds each tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
