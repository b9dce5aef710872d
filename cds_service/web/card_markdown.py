"""The detail of a card, rendered as an EHR renders it: GitHub-flavoured Markdown without any markup of its own."""

from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape


def rendered(detail: str, caption: str) -> Markup:
    """The HTML of a card's detail.

    Args:
        detail: Markdown; HTML in it is shown as text, pictures are not loaded.
        caption: what its tables are called for those who cannot see them.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("th_open", _th_open)
    # Safe: the renderer escapes all text, and takes no HTML.
    return Markup(markdown.render(detail, {"caption": caption}))


def _table_open(
    _own: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    return f"<table><caption>{escape(env['caption'])}</caption>\n"


def _th_open(
    own: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    heading, content, end = tokens[at : at + 3]
    if content.content:
        heading.attrSet("scope", "col")
    else:
        # A corner without a word heads nothing.
        heading.tag = end.tag = "td"
    return own.renderToken(tokens, at, options, env)
