"""The content that comes with the program, loaded once for a whole run: it takes longer than most tests."""

from functools import cache

from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content


@cache
def shipped_content() -> Content:
    """Rules and wording as they are shipped."""
    return load_content(*default_content())
