"""Plain: the words of an HTML mail as text, in the lines in which they stood; nothing in it runs or is fetched.

One pass and no tree: HTML nested a hundred thousand deep takes no longer than any other of its length.
"""

from __future__ import annotations

import html
import re

MOST_LETTERS = 2_000_000
"""More HTML than that nobody wrote by hand."""

BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table"}
"""Blocks with an empty line around them."""

UNSEEN = {"head", "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title"}
MOST_QUOTES = 8

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<tag>[a-zA-Z][\w:-]*)"
    r"""(?P<attributes>(?:"[^"<]{0,2000}"|'[^'<]{0,2000}'|[^<>])*+)>?|<[!?/][^<>]*>?|(?P<text>[^<]+|<)""",
    re.DOTALL,
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SCHEMES = ("http://", "https://", "mailto:")


def text_of(page: str) -> str:
    """Return what HTML says: "- " before items, "> " before quotes, addresses behind the words that link to them."""
    writer, hidden = _Writer(), ""
    for token in _TOKEN.finditer(page[:MOST_LETTERS]):
        tag = (token["tag"] or "").lower()
        if hidden:
            if tag == hidden or (hidden == "head" and tag == "body"):
                hidden = ""
        elif token["text"]:
            writer.write(html.unescape(token["text"]))
        elif tag in UNSEEN and not token["end"]:
            hidden = "" if token["attributes"].endswith("/") else tag
        elif tag and token["end"]:
            writer.end(tag)
        elif tag:
            writer.start(tag, token["attributes"])
    return writer.text()


class _Writer:
    """Writes lines; each knows how deeply it is quoted."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._quotes = self._pre = 0
        self._numbers: list[int] = []
        self._link: tuple[str, int] | None = None

    def start(self, tag: str, attributes: str) -> None:
        """Begin an element."""
        if tag in BLOCKS:
            self._end_line(apart=tag in APART and not self._numbers)
        if tag == "br":
            self._end_line(always=True)
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in ("ul", "ol"):
            self._numbers.append(0 if tag == "ul" else 1)
        elif tag == "li":
            self._begin_item()
        elif tag == "hr":
            self._lines += [(self._quotes, ""), (self._quotes, "---"), (self._quotes, "")]
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        elif tag == "a":
            found = _HREF.search(attributes[:4000])
            address = html.unescape(found[1] or found[2] or found[3] or "") if found else ""
            self._link = address, len(self._line)  # no link stands within another

    def end(self, tag: str) -> None:
        """End an element, whether or not it was begun."""
        if tag == "a" and self._link:
            self._end_link(*self._link)
            self._link = None
        if tag in BLOCKS:
            self._end_line(apart=tag in APART and len(self._numbers) < 2)
        if tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
        elif tag == "pre":
            self._pre = max(self._pre - 1, 0)
        elif tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()

    def write(self, data: str) -> None:
        """Add words to the present line."""
        if not self._pre:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))
            return
        first, *others = data.split("\n")
        self._line.append(first)
        for line in others:
            self._end_line(always=True)
            self._line.append(line)

    def text(self) -> str:
        """Return all lines, with never more than one empty one in a row."""
        self._end_line()
        lines = (("> " * min(quotes, MOST_QUOTES) + line).rstrip() for quotes, line in self._lines)
        return re.sub(r"\n(?:(>[> ]*)?\n){2,}", r"\n\1\n", "\n".join(lines)).strip("\n")

    def _begin_item(self) -> None:
        depth = len(self._numbers)
        bullet = "- "
        if depth and self._numbers[-1]:
            bullet, self._numbers[-1] = f"{self._numbers[-1]}. ", self._numbers[-1] + 1
        self._line.append("  " * (min(depth, 6) - 1) + bullet)

    def _end_link(self, address: str, since: int) -> None:
        words = "".join(self._line[since:]).strip()
        same = (address, address.removeprefix("mailto:"), address.rstrip("/"))
        if address.startswith(_SCHEMES) and words and words not in same:
            self._line.append(f" <{address}>")

    def _end_line(self, *, always: bool = False, apart: bool = False) -> None:
        line = "".join(self._line)
        line = line.replace("\u00a0", " ").rstrip() if self._pre else re.sub(r"[ \u00a0]{2,}", " ", line).rstrip()
        if not self._pre and not self._numbers:
            line = line.lstrip()
        self._line = []
        if line or always:
            self._lines.append((self._quotes, line))
        if apart and self._lines and self._lines[-1][1]:
            self._lines.append((self._quotes, ""))
