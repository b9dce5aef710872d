"""A page from its template."""

from typing import Any

from flask import Response, render_template


def page(template: str, **shown: Any) -> Response:
    """A page of what was received: half a character (a lone surrogate), which UTF-8 cannot hold, becomes a mark."""
    return Response(
        render_template(template, **shown).encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
    )
