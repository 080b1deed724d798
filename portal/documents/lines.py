"""Lines: what a document's lines say, formatted for the reader, for the page and the PDF alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from ..i18n import format_minor, format_number, format_price


@dataclass(frozen=True)
class Line:
    """A line as people read it; a section or a note (`display`) has a name only, "sum" ends a section.

    `delivered` and `invoiced` say how much of what is ordered, where anybody counts it.
    """

    display: str
    name: str
    more: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""
    taxes: str = ""
    amount: str = ""
    delivered: str = ""
    invoiced: str = ""


@dataclass(frozen=True)
class Lines:
    """All lines of a document, which columns they need, and how many are complete."""

    rows: list[Line]
    has_taxes: bool
    articles: int
    delivered: int | None
    invoiced: int | None

    @property
    def print_columns(self) -> list[tuple[str, str]]:
        """Return the columns of the printed table, label and class each."""
        taxes = [(_("Tax"), "w4")] if self.has_taxes else []
        return [(_("Article"), ""), (_("Quantity"), "num w3"), (_("Price"), "num w3"), *taxes, (_("Amount"), "num w4")]

    @property
    def print_rows(self) -> list[tuple[str, Any]]:
        """Return the rows of the printed table, as `print/components.html` takes them."""
        return [(line.display, self._cells(line)) for line in self.rows]

    def _cells(self, line: Line) -> Any:
        if line.display == "sum":
            return [line.name, line.amount]
        if line.display != "line":
            return line.name
        price = (line.price, _("less %(discount)s", discount=line.discount) if line.discount else "")
        taxes = [line.taxes] if self.has_taxes else []
        return [(line.name, line.more), line.quantity, price, *taxes, line.amount]


def read(lines: Sequence[Any], currency: str) -> Lines:
    """Return the lines of a document, a sum after each section that has articles."""
    rows: list[Line] = []
    section: int | None = None
    for line in lines:
        if line.display == "section":
            _close(rows, section, currency)
            section = 0
        if line.display != "line":
            rows.append(Line(line.display, line.text))
            continue
        if section is not None:
            section += line.untaxed_minor
        rows.append(_article(line, currency))
    _close(rows, section, currency)
    articles = [line for line in lines if line.display == "line"]
    return Lines(
        rows,
        has_taxes=any(line.taxes for line in articles),
        articles=len(articles),
        delivered=_complete(articles, "delivered"),
        invoiced=_complete(articles, "invoiced"),
    )


def taxes(lines: Sequence[Any], tax_minor: int) -> list[tuple[str, int, int]]:
    """Return for each tax (or combination) its name, the untaxed amount it is on, and what it makes; minor units.

    Lines are rounded each, the document as a whole: the difference goes to the largest tax, so that they add up.
    """
    sums: dict[str, list[int]] = {}
    for line in lines:
        if line.display == "line" and (line.taxes or line.total_minor != line.untaxed_minor):
            entry = sums.setdefault(line.taxes, [0, 0])
            entry[0] += line.untaxed_minor
            entry[1] += line.total_minor - line.untaxed_minor
    if sums:
        largest = max(sums.values(), key=lambda entry: abs(entry[1]))
        largest[1] += tax_minor - sum(tax for _base, tax in sums.values())
    return [(_tax(name), base, tax) for name, (base, tax) in sorted(sums.items())]


def _tax(name: str) -> str:
    """Return a tax's name so that it says what it is: "19 %" alone does not."""
    if not name:
        return str(_("Tax"))
    return name if any(character.isalpha() for character in name) else str(_("Tax %(rate)s", rate=name))


def _article(line: Any, currency: str) -> Line:
    name, _line_break, more = line.text.strip().partition("\n")
    return Line(
        "line",
        name,
        more.strip(),
        f"{format_number(line.quantity)} {line.unit}".strip(),
        format_price(line.unit_price, currency),
        _("%(number)s%%", number=format_number(line.discount)) if line.discount else "",
        line.taxes,
        format_minor(line.untaxed_minor, currency),
        _progress(line.delivered, line.quantity),
        _progress(line.invoiced, line.quantity),
    )


def _close(rows: list[Line], section: int | None, currency: str) -> None:
    if section and rows[-1].display != "section":
        rows.append(Line("sum", _("Subtotal"), amount=format_minor(section, currency)))


def _progress(done: Decimal | None, quantity: Decimal) -> str:
    if done is None:
        return ""
    return str(_("%(done)s of %(all)s", done=format_number(done), all=format_number(quantity)))


def _complete(articles: list[Any], field: str) -> int | None:
    """Return how many articles are done in full, or None when nobody counts any."""
    counted = [line for line in articles if getattr(line, field) is not None]
    return sum(getattr(line, field) >= line.quantity for line in counted) if counted else None
