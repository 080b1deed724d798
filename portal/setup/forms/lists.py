"""Fields that hold lists, written by hand: one item a line, tags, and times of day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext as _
from wtforms import StringField, TextAreaField, ValidationError

from ...web.fields import is_mailbox
from ...web.forms import Plain, clean

MOST_LINES, LONGEST_LINE = 500, 255
_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_TAG = re.compile(r"[\w.-]{1,60}", re.ASCII)

Ranges = list[list[str]]
"""Times of day as pairs of `HH:MM`, in order."""


class Lines(TextAreaField):
    """Several values, one a line; `data` is the list of them, without blanks and doubles."""

    most: ClassVar[int] = MOST_LINES

    def __init__(self, label: Any = None, validators: Any = None, *, optional: bool = False, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.flags.optional = optional

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(self.written(item) for item in self.data or ())

    def process_formdata(self, valuelist: Any) -> None:
        """Take the lines apart; what does not hold is said by `pre_validate`."""
        lines = (valuelist[0] if valuelist else "").splitlines()
        found = dict.fromkeys(line for line in (clean(line) or "" for line in lines) if line)
        self.wrong: list[str] = []
        self.data = []
        for line in found:
            try:
                self.data.append(self.read(line))
            except ValueError as error:
                self.wrong.append(str(error))

    def read(self, line: str) -> Any:
        """Return the item that stands on a line; raise ValueError with a sentence."""
        return line

    def written(self, item: Any) -> str:
        """Return an item as a line."""
        return str(item)

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for too many or too long lines and for those that cannot be read."""
        lines = (self.raw_data[0] if self.raw_data else "").splitlines()
        if len(lines) > 2 * self.most or len(self.data or ()) > self.most:
            raise ValidationError(_("At most %(number)d lines.", number=self.most))
        if any(len(line) > LONGEST_LINE for line in lines):
            raise ValidationError(_("A line has at most %(number)d characters.", number=LONGEST_LINE))
        if any(Plain().pattern.search(line) for line in lines):
            raise ValidationError(_("This holds characters that cannot be shown. Type it anew."))
        if wrong := getattr(self, "wrong", ()):
            raise ValidationError(wrong[0])


class Mailboxes(Lines):
    """E-mail addresses, one a line."""

    def read(self, line: str) -> str:
        """Return the address."""
        if not is_mailbox(line):
            raise ValueError(_("“%(line)s” is no e-mail address. It looks like name@company.example.", line=line[:80]))
        return line


class Tags(Lines):
    """The tags of a group, one a line: an ID, a blank, a title. `data` holds `{"id", "title"}` each."""

    def read(self, line: str) -> dict[str, str]:
        """Return ID and title."""
        id, _blank, title = line.partition(" ")
        if not _TAG.fullmatch(id):
            raise ValueError(
                _("“%(id)s” cannot be the ID of a tag: letters, digits, dash, dot and underscore.", id=id[:60])
            )
        return {"id": id, "title": title.strip() or id}

    def written(self, item: dict[str, str]) -> str:
        """Return a tag as a line."""
        return f"{item['id']} {item['title']}"

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for no tag at all and for one that stands there twice."""
        super().pre_validate(form)
        ids = [tag["id"] for tag in self.data or ()]
        if not ids:
            raise ValidationError(_("Give at least one tag."))
        for id in ids:
            if ids.count(id) > 1:
                raise ValidationError(_("The tag “%(id)s” stands there twice.", id=id))


class Hours(StringField):
    """Times of one day: `09:00-12:00, 13:00-17:00`; nothing: never. `data` is pairs of `HH:MM`, in order."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else say_ranges(self.data or [])

    def process_formdata(self, valuelist: Any) -> None:
        """Take the times apart; what does not hold is said by `pre_validate`."""
        self.wrong, self.data = "", []
        try:
            self.data = read_ranges(valuelist[0] if valuelist else "")
        except ValueError as error:
            self.wrong = str(error)

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for times that cannot be read."""
        if wrong := getattr(self, "wrong", ""):
            raise ValidationError(wrong)


class Days(Lines):
    """Days with other times, one a line: `2026-12-24 09:00-12:00`; `data` holds `{"date", "ranges"}`, by date."""

    most = 400

    def process_formdata(self, valuelist: Any) -> None:
        """Take the lines apart and put them in order."""
        super().process_formdata(valuelist)
        self.data.sort(key=lambda day: day["date"])

    def read(self, line: str) -> dict[str, Any]:
        """Return the date and its times."""
        day, _blank, hours = line.partition(" ")
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII):
                raise ValueError
            found = date.fromisoformat(day)
        except ValueError:
            raise ValueError(_("“%(day)s” is no date. It looks like 2026-12-24.", day=day[:40])) from None
        return {"date": found.isoformat(), "ranges": read_ranges(hours)}

    def written(self, item: dict[str, Any]) -> str:
        """Return a day as a line."""
        return f"{item['date']} {say_ranges(item['ranges'])}".strip()

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for a date that stands there twice."""
        super().pre_validate(form)
        days = [day["date"] for day in self.data or ()]
        for day in days:
            if days.count(day) > 1:
                raise ValidationError(_("The date %(day)s stands there twice.", day=day))


def read_ranges(text: str) -> Ranges:
    """Return the times of "09:00-12:00, 13:00-24:00" in order; raise ValueError with a sentence."""
    found: Ranges = []
    for part in re.split(r"[,;]|(?<=\d)\s+(?=\d)", text.strip()[:LONGEST_LINE]):
        if not part.strip():
            continue
        match = _RANGE.fullmatch(part.strip())
        if not match:
            raise ValueError(
                _("“%(part)s” is no time of day. It looks like 09:00-17:00, up to 24:00.", part=part.strip()[:40])
            )
        start, end = f"{match[1]:0>2}:{match[2]}", f"{match[3]:0>2}:{match[4]}"
        if not all(_is_time(time) for time in (start, end)) or start >= end:
            raise ValueError(
                _("“%(part)s” is no time of day. It looks like 09:00-17:00, up to 24:00.", part=part.strip()[:40])
            )
        found.append([start, end])
    found.sort()
    for (_start, end), (next_start, _end) in zip(found, found[1:], strict=False):
        if next_start < end:
            raise ValueError(_("These times overlap: until %(end)s, and from %(start)s.", end=end, start=next_start))
    return found


def say_ranges(ranges: Ranges) -> str:
    """Return times as `read_ranges` reads them."""
    return ", ".join(f"{start}-{end}" for start, end in ranges)


def _is_time(time: str) -> bool:
    hours, minutes = time.split(":")
    return int(minutes) < 60 and (int(hours) < 24 or time == "24:00")
