"""Text: Markdown as people wrote it, made into HTML that holds nothing else (ASVS 5.0 V1.3)."""

from __future__ import annotations

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from .messages import Source

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}


def html(text: str) -> Markup:
    """Return the HTML of Markdown: no raw HTML, no pictures, links only to the web and to mailboxes."""
    rendered = _markdown().render(text)
    return Markup(  # noqa: S704 - nh3 keeps what is listed and nothing else
        nh3.clean(
            rendered, tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=SCHEMES,
            attribute_filter=_whole_links, link_rel="noopener noreferrer nofollow",
        )
    )  # fmt: skip


def _whole_links(_tag: str, attribute: str, value: str) -> str | None:
    """Drop a link without a scheme: it would lead somewhere else in a mail than in the portal."""
    return value if attribute != "href" or value.partition(":")[0].lower() in SCHEMES else None


def html_of(text: str, source: str) -> Markup:
    """Return the HTML of a message: what came by mail was not written as Markdown, and is shown as it was written."""
    return as_written(text) if source == Source.MAIL else html(text)


def as_written(text: str) -> Markup:
    """Return the HTML of plain text: its lines, its spaces and what it quotes, and no other sign with a meaning."""
    spaced = re.sub(r"(?m)(?<=[^\s>])  +|^  +|(?<=> )  +", lambda found: "\u00a0" * len(found[0]), text.expandtabs())
    return Markup(nh3.clean(_plain().render(spaced), tags={"blockquote", "br", "p"}))  # noqa: S704 - as above


@cache
def _plain() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(["blockquote", "newline"])


@cache
def _markdown() -> MarkdownIt:
    """Return the renderer: lines break where they were broken, headings begin below those of the page."""
    renderer = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(
        ["table", "strikethrough"]
    )
    renderer.disable("image")
    renderer.core.ruler.push("lower_headings", _lower_headings)
    return renderer


def _lower_headings(state: object) -> None:
    for token in state.tokens:  # type: ignore[attr-defined]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
