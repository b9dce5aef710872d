"""Documents that come with the program, as pages: the definition of its own hook."""

from collections.abc import Mapping

from flask import Blueprint, Response, render_template
from markdown_it import MarkdownIt

from cds_service.errors import UnknownDocument


def documents_blueprint(documents: Mapping[str, str]) -> Blueprint:
    """The routes under /documents; they need no token, since nothing of a patient stands there.

    Args:
        documents: Markdown by name.
    """
    routes = Blueprint("documents", __name__, url_prefix="/documents")
    # Without "html" a document can hold no markup of its own.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    pages = {name: markdown.render(text) for name, text in documents.items()}

    @routes.get("/<name>")
    def page(name: str) -> str:
        _require(name)
        return render_template("document.html", name=name, body=pages[name])

    @routes.get("/<name>.md")
    def source(name: str) -> Response:
        _require(name)
        return Response(documents[name], content_type="text/markdown; charset=utf-8")

    def _require(name: str) -> None:
        if name not in documents:
            raise UnknownDocument(f"No such document. Known are: {', '.join(sorted(documents))}.")

    return routes
