"""Languages, time zones and formats: of the person signed in, else of the browser, else the default.

Formatters are made once per locale and kept: asking CLDR for every cell is what makes lists slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, dates, numbers
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup, escape

from .money import Money, places

LANGUAGES = {"en": "English", "de": "Deutsch"}
TIME_ZONES = tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))) + (
    "UTC",
)


def language() -> str:
    """Return the language of this request's reader."""
    if has_request_context():
        if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
            return str(current_user.language)
        if not (current_user and current_user.is_authenticated):
            return request.accept_languages.best_match(LANGUAGES) or current_app.config["LANGUAGE"]
    return str(current_app.config["LANGUAGE"])


def time_zone() -> str:
    """Return the time zone of this request's reader, else the provider's; looked up once per request."""
    if not has_request_context():
        return str(current_app.config["TIME_ZONE"])
    if "zone" not in g:
        known = current_user and current_user.is_authenticated
        g.zone = known and current_user.time_zone or current_app.config["TIME_ZONE"]
    return str(g.zone)


def locale() -> str:
    """Return the present locale's code, looked up once per request."""
    if not has_request_context():
        return str(get_locale() or current_app.config["LANGUAGE"])
    code = g.get("locale_code")
    if code is None:
        code = g.locale_code = str(get_locale())
    return str(code)


class _KeptDomain(Domain):
    """The messages, looked up once per request: a page asks for hundreds."""

    def get_translations(self) -> Any:
        """Return the catalogue of the present language."""
        try:
            return g.translations
        except (AttributeError, RuntimeError):
            found = super().get_translations()
            if has_app_context():
                g.translations = found
            return found


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Translate and format in a language, though this request's reader may have another: for mail."""
    kept = {name: g.pop(name, None) for name in ("locale_code", "translations")}
    try:
        with force_locale(code):
            yield
    finally:
        for name, value in kept.items():
            g.pop(name, None)
            if value is not None:
                setattr(g, name, value)


class _Shape(NamedTuple):
    """How a number of one kind is written: what stands before and after it, its separators, its places."""

    before: str
    after: str
    group: str
    point: str
    places: int


@lru_cache(maxsize=256)
def _currency_shape(currency: str, locale: str) -> _Shape:
    sample = numbers.format_currency(Decimal(7), currency, locale=locale)
    before, _, after = sample.partition("7")
    after = after.lstrip(".,0٫")
    return _Shape(before, after, numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale), places(currency))


def _shaped(amount: Decimal, shape: _Shape) -> str:
    plain = f"{abs(amount):,.{shape.places}f}"
    whole, _, fraction = plain.partition(".")
    text = whole.replace(",", shape.group) + (shape.point + fraction if fraction else "")
    return f"{'−' if amount < 0 else ''}{shape.before}{text}{shape.after}"


def format_money(money: Money | None) -> str:
    """Return an amount with its currency in the reader's format: "€12,480.00"."""
    return "" if money is None else _shaped(money.amount, _currency_shape(money.currency, locale()))


@lru_cache(maxsize=4096)
def _minor(minor: int, currency: str, locale: str) -> str:
    return _shaped(Money.from_minor(minor, currency).amount, _currency_shape(currency, locale))


def format_minor(minor: int | None, currency: str) -> str:
    """Return minor units (cents) as an amount with its currency."""
    return "" if minor is None else _minor(minor, currency, locale())


@lru_cache(maxsize=4096)
def _price(amount: Decimal, currency: str, locale: str) -> str:
    shape = _currency_shape(currency, locale)
    decimals = -int(amount.normalize().as_tuple().exponent)
    return _shaped(amount, shape._replace(places=max(shape.places, min(decimals, 6))))


def format_price(amount: Decimal, currency: str) -> str:
    """Return the price of one unit, which may be finer than the currency's smallest coin: "€0.0125"."""
    return _price(amount, currency, locale())


@lru_cache(maxsize=4096)
def _number(value: Decimal | int, locale: str, most: int) -> str:
    text = f"{Decimal(value):,.{most}f}"
    if most:
        text = text.rstrip("0").rstrip(".")
    whole, _, fraction = text.partition(".")
    text = whole.replace(",", numbers.get_group_symbol(locale))
    return text.replace("-", "−") + (numbers.get_decimal_symbol(locale) + fraction if fraction else "")


def format_number(value: Decimal | int | None, most: int = 3) -> str:
    """Return a number in the reader's format, with at most `most` decimal places and no trailing zeros."""
    return "" if value is None else _number(value, locale(), most)


def format_hours(value: Decimal | None) -> str:
    """Return hours as "7.5 h"."""
    return "" if value is None else str(gettext("%(hours)s h", hours=format_number(value, 2)))


def format_bytes(size: int) -> str:
    """Return a size in bytes as "25 MB" (binary units, as upload limits are set)."""
    for unit in ("B", "kB", "MB"):
        if size < 1024:
            return f"{size} {unit}"
        size = round(size / 1024)
    return f"{size} GB"


@lru_cache(maxsize=4096)
def _date(day: date, locale: str) -> str:
    return dates.format_date(day, "d MMM y" if locale.startswith("en") else "medium", locale=locale)


def format_date(day: date | None) -> str:
    """Return a day as "22 Nov 2026"."""
    return "" if day is None else _date(day, locale())


@lru_cache(maxsize=1024)
def _month(day: date, locale: str) -> str:
    return str(dates.format_skeleton("yMMMM", day, locale=locale))


def format_month(day: date) -> str:
    """Return the month of a day as "November 2026"."""
    return _month(day, locale())


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime) -> datetime:
    """Return a UTC moment in the reader's time zone."""
    return moment.astimezone(_zone(time_zone()))


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int) -> str:
    return f"{hour:02d}:{minute:02d}"


def format_moment(moment: datetime | None) -> str:
    """Return a moment with date and time in the reader's zone: "22 Nov 2026, 14:05"."""
    if moment is None:
        return ""
    there = local(moment)
    return f"{format_date(there.date())}, {_clock(there.hour, there.minute)}"


def format_clock(moment: datetime) -> str:
    """Return the time of day in the reader's zone: "14:05"."""
    there = local(moment)
    return _clock(there.hour, there.minute)


def format_seconds(moment: datetime) -> str:
    """Return the time of day to the second in the reader's zone: "14:05:09"."""
    return f"{local(moment):%H:%M:%S}"


def say_moment(moment: datetime | None) -> Markup | str:
    """Return a moment as people say it, in a `<time>` element that carries the exact one."""
    if moment is None:
        return ""
    there, here = local(moment), local(datetime.now(UTC))
    ago = (here - there).total_seconds()
    clock, days = _clock(there.hour, there.minute), (here.date() - there.date()).days
    if 0 <= ago < 60:
        said = gettext("just now")
    elif 0 <= ago < 3600:
        said = ngettext("%(num)d minute ago", "%(num)d minutes ago", int(ago // 60))
    elif days == 0:
        said = gettext("today, %(time)s", time=clock)
    elif days == 1:
        said = gettext("yesterday, %(time)s", time=clock)
    elif days == -1:
        said = gettext("tomorrow, %(time)s", time=clock)
    else:
        said = format_date(there.date())
    exact = f"{format_moment(moment)} {there.tzname()}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), exact, escape(said)
    )


def say_days(day: date, today: date) -> str:
    """Return how far a day is: "in 24 days", "today", "18 days ago"."""
    away = (day - today).days
    if away == 0:
        return str(gettext("today"))
    if away > 0:
        return str(ngettext("in %(num)d day", "in %(num)d days", away))
    return str(ngettext("%(num)d day ago", "%(num)d days ago", -away))


@lru_cache(maxsize=2048)
def country_name(code: str, locale: str) -> str:
    """Return a country's name for its ISO 3166 code in `locale`; the code itself when unknown."""
    return str(Locale.parse(locale).territories.get(code, code))


def init_app(app: Flask) -> None:
    """Choose language and zone per request and give templates the filters."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "../translations")
    Babel(app, locale_selector=language, timezone_selector=time_zone)
    kept = _KeptDomain(app.extensions["babel"].translation_directories)
    app.extensions["babel"].instance.domain_instance = kept
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: kept.get_translations().ugettext(text),
        ngettext=lambda one, many, number: kept.get_translations().ungettext(one, many, number),
        pgettext=lambda context, text: kept.get_translations().upgettext(context, text),
        newstyle=True,
    )
    filters: dict[str, Any] = {
        "date": format_date, "month": format_month, "moment": say_moment, "exact_moment": format_moment,
        "clock": format_clock, "seconds": format_seconds, "money": format_money, "minor": format_minor,
        "price": format_price, "number": format_number, "hours": format_hours, "bytes": format_bytes,
        "country": lambda code: country_name(code, locale()) if code else "",
    }  # fmt: skip
    app.jinja_env.filters.update(filters)
