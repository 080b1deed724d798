"""Reports: what a site writes of its licence usage, read strictly; each mistake is said with its sample and field.

The format is Checkmk's own (cmk/utils/licensing: export, usage, helper): `{"VERSION": …, "history": [sample, …]}` as
JSON, plain or in rot47. What differs between the protocol versions:

  1.0             num_hosts, num_services; the site may be named or not
  1.1, 1.2, 1.3   and num_hosts_excluded, num_services_excluded
  1.4             and num_shadow_hosts
  1.5             and instance_id
  2.0, 2.1        num_hosts_shadow in its place; and num_services_shadow, num_hosts_cloud, num_services_cloud
  3.0             and num_synthetic_tests, num_synthetic_tests_excluded
  3.1             and num_synthetic_kpis, num_synthetic_kpis_excluded

Keys a version does not have are passed over, as Checkmk itself does.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from ...config import MEBIBYTE
from ...database import now
from ...errors import Refused
from ...i18n import format_bytes, format_number

LARGEST = 2 * MEBIBYTE
MOST_SAMPLES = 400
MOST = 100_000_000
"""More hosts or services than this on one site are a mistake."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
PLATFORM = 50
"""Checkmk itself cuts a platform's name there."""

_BASE = {"num_services": "services", "num_hosts": "hosts"}
_EXCLUDED = {**_BASE, "num_hosts_excluded": "hosts_excluded", "num_services_excluded": "services_excluded"}
_SHADOW = {**_EXCLUDED, "num_shadow_hosts": "hosts_shadow"}
_CLOUD = {
    **_EXCLUDED, "num_hosts_shadow": "hosts_shadow", "num_hosts_cloud": "hosts_cloud",
    "num_services_shadow": "services_shadow", "num_services_cloud": "services_cloud",
}  # fmt: skip
_TESTS = {
    **_CLOUD, "num_synthetic_tests": "synthetic_tests", "num_synthetic_tests_excluded": "synthetic_tests_excluded"
}  # fmt: skip
_KPIS = {**_TESTS, "num_synthetic_kpis": "synthetic_kpis", "num_synthetic_kpis_excluded": "synthetic_kpis_excluded"}

COUNTS = {
    "1.0": _BASE, "1.1": _EXCLUDED, "1.2": _EXCLUDED, "1.3": _EXCLUDED, "1.4": _SHADOW, "1.5": _SHADOW,
    "2.0": _CLOUD, "2.1": _CLOUD, "3.0": _TESTS, "3.1": _KPIS,
}  # fmt: skip
"""For each protocol version the counts of a sample, and the columns that keep them."""
WITHOUT_INSTANCE = {"1.0", "1.1", "1.2", "1.3", "1.4"}
COLUMNS = tuple(_KPIS.values())
"""The columns of counts, the one that is billed first."""
SPELLINGS = {"num_shadow_hosts": "num_hosts_shadow"}
"""The later name of a key is taken too."""

_HASH = re.compile(r"[\w.-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Reported:
    """One sample: `number` is its place in the report, `counts` has a value for each of `COLUMNS`.

    Old protocols may name no instance, the oldest not even a hash ("").
    """

    number: int
    instance_id: uuid.UUID | None
    site_hash: str
    version: str
    edition: str
    platform: str
    sampled_at: datetime
    counts: tuple[int, ...]


def parse(raw: bytes) -> list[Reported]:
    """Return the samples of a report; raise `Refused` (field "report") that names sample and field otherwise."""
    report = _load(_plain(raw))
    if not isinstance(report, dict) or not isinstance(report.get("VERSION"), str):
        raise _refused(_("This is no licence usage report: it names no protocol version (VERSION)."))
    version, history = report["VERSION"], report.get("history")
    if version not in COUNTS:
        raise _refused(
            _("The report is of protocol version %(version)s. The portal reads 1.0 to 1.5, 2.0, 2.1, 3.0 and 3.1.",
              version=version[:20] if version.isprintable() else "?")
        )  # fmt: skip
    if not isinstance(history, list):
        raise _refused(_("The report has no list of samples (history)."))
    if len(history) > MOST_SAMPLES:
        raise _refused(_("The report has %(number)s samples; at most %(most)d are allowed.",
                         number=format_number(len(history)), most=MOST_SAMPLES))  # fmt: skip
    return [_sample(number, sample, version) for number, sample in enumerate(history, 1)]


def rot47(text: str) -> str:
    """Return text with every visible ASCII character moved by 47 places; doing it twice gives the text back."""
    return text.translate(_ROT47)


_ROT47 = {code: 33 + (code + 14) % 94 for code in range(33, 127)}


def _plain(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise _refused(_("The report is larger than %(size)s.", size=format_bytes(LARGEST)))
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _refused(_("This is no licence usage report: it is not text.")) from None
    if not text:
        raise _refused(_("The report is empty."))
    if text[0] not in ("{", rot47("{")):
        raise _refused(_("This is no licence usage report: it is neither JSON nor JSON in rot47."))
    return text if text[0] == "{" else rot47(text)


def _load(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        raise _refused(
            _("The report is no valid JSON: line %(line)d, column %(column)d.", line=error.lineno, column=error.colno)
        ) from None
    except RecursionError:
        raise _refused(_("The report is nested too deeply.")) from None
    except ValueError:  # an integer of thousands of digits
        raise _refused(_("The report holds a number that is too long.")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _value in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise _refused(_("The report holds the key “%(key)s” twice in one place.", key=ascii(twice[:40])[1:-1]))
    return found


def _not_a_number(name: str) -> Any:
    raise _refused(_("The report holds %(name)s, which is no number.", name=name))


def _sample(number: int, sample: Any, version: str) -> Reported:
    if not isinstance(sample, dict):
        raise _refused(_("Sample %(number)d is no object of fields.", number=number))
    read = _Fields(number, sample)
    read.flag("is_cma")
    read.text("timezone", 60)
    return Reported(
        number=number,
        instance_id=read.instance(required=version not in WITHOUT_INSTANCE),
        site_hash=read.site_hash(required=version not in WITHOUT_INSTANCE),
        version=read.text("version", 40),
        edition=read.text("edition", 20),
        platform=read.text("platform", 1000)[:PLATFORM],
        sampled_at=read.moment("sample_time"),
        counts=read.counts(version),
    )


class _Fields:
    """A sample's fields, each read with its type and bounds."""

    def __init__(self, number: int, sample: dict[str, Any]) -> None:
        self.number, self.sample = number, sample

    def refused(self, field: str, what: str) -> Refused:
        return _refused(_("Sample %(number)d, %(field)s: %(what)s", number=self.number, field=field, what=what))

    def get(self, field: str) -> Any:
        if field not in self.sample:
            raise self.refused(field, _("is missing."))
        return self.sample[field]

    def flag(self, field: str) -> None:
        if not isinstance(self.get(field), bool):
            raise self.refused(field, _("is neither true nor false."))

    def text(self, field: str, most: int) -> str:
        value = self.get(field)
        if not isinstance(value, str):
            raise self.refused(field, _("is no text."))
        if len(value) > most:
            raise self.refused(field, _("has more than %(most)d characters.", most=most))
        if not value.isprintable():
            raise self.refused(field, _("holds characters that cannot be shown."))
        return value

    def whole(self, field: str) -> int:
        value = self.get(field)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refused(field, _("is no whole number."))
        if value < 0:
            raise self.refused(field, _("is negative."))
        return value

    def counts(self, version: str) -> tuple[int, ...]:
        found = dict.fromkeys(COLUMNS, 0)
        for field, column in COUNTS[version].items():
            field = SPELLINGS.get(field, field) if field not in self.sample else field
            found[column] = self.whole(field)
            if found[column] > MOST:
                raise self.refused(field, _("is larger than any site (%(most)s).", most=format_number(MOST)))
        return tuple(found.values())

    def moment(self, field: str) -> datetime:
        seconds, latest = self.whole(field), now() + timedelta(days=1)
        if not EARLIEST.timestamp() <= seconds <= latest.timestamp():
            before = seconds < EARLIEST.timestamp()
            raise self.refused(field, _("lies before the year 2000.") if before else _("lies in the future."))
        return datetime.fromtimestamp(seconds, UTC)

    def instance(self, *, required: bool) -> uuid.UUID | None:
        if not required and self.sample.get("instance_id") is None:
            return None
        text = self.text("instance_id", 36)
        try:
            if len(text) != 36:
                raise ValueError(text)
            return uuid.UUID(text)
        except ValueError:
            raise self.refused("instance_id", _("is no UUID.")) from None

    def site_hash(self, *, required: bool) -> str:
        if not required and self.sample.get("site_hash") is None:
            return ""
        text = self.text("site_hash", 64)
        if not _HASH.fullmatch(text):
            raise self.refused("site_hash", _("is no hash."))
        return text


def _refused(sentence: str) -> Refused:
    return Refused(sentence, field="report")
