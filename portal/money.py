"""Money: an exact amount and its currency. The database keeps minor units (cents) as integers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from babel.numbers import get_currency_precision


@cache
def places(currency: str) -> int:
    """Return how many decimal places a currency has (ISO 4217): EUR 2, JPY 0."""
    return get_currency_precision(currency)


class Money(NamedTuple):
    """An amount in a currency, such as `Money(Decimal("12.50"), "EUR")`."""

    amount: Decimal
    currency: str

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """Return the money that `minor` units (cents) of `currency` are."""
        return cls(Decimal(minor).scaleb(-places(currency)), currency)

    @property
    def minor(self) -> int:
        """Return the amount in minor units, rounded half up."""
        return to_minor(self.amount, self.currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return `amount` of `currency` in minor units, rounded half up."""
    return int(amount.scaleb(places(currency)).to_integral_value(ROUND_HALF_UP))
