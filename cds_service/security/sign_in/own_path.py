"""Where a sign-in leads: to a page of our own, and nowhere else."""

import re

FIRST_PAGE = "/"
_LONGEST = 1000
# Printable ASCII but the backslash, which browsers read as a slash. What begins with two slashes names another host.
_OWN = re.compile(r"/(?!/)[!-\[\]-~]*")
_SIGN_IN = re.compile(r"/sign-(in|out)(?![\w-])")


def own_path(text: str) -> str:
    """A path of this service as it stands; the first page for everything else, and for the sign-in itself."""
    if len(text) > _LONGEST or not _OWN.fullmatch(text) or _SIGN_IN.match(text):
        return FIRST_PAGE
    return text
