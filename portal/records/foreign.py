"""Foreign text: what the ERP calls HTML, made fit for our pages. The only place that makes Markup of it."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markupsafe import Markup

TAGS = {"p", "div", "br", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "a", "blockquote", "pre", "code"}
_HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>", re.IGNORECASE)
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)


@lru_cache(maxsize=128)
def clean(text: str) -> Markup:
    """Return foreign HTML with a few tags and links that lead out, or plain text with its line breaks; else nothing."""
    if not text.strip():
        return Markup()
    if "<" not in text:
        return Markup('<p class="plain">{}</p>').format(Markup(text).unescape().strip())  # noqa: S704 - escaped again
    cleaned = _CLEANER.clean(_HEADING.sub(r"<\1p>", text))
    return Markup(cleaned) if Markup(cleaned).striptags().strip() else Markup()  # noqa: S704 - cleaned
