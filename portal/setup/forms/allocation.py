"""Fields that say which hosts and services are meant: names and patterns, folders, labels, tags, sites, customers."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField, ValidationError

from ...contacts.patterns import is_pattern, refusal
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db
from ...web.forms import Plain
from .lists import Lines
from .lookups import Keys

LINES: dict[str, Any] = {"render_kw": {"rows": 3, "spellcheck": "false"}, "optional": True}
LONGEST_PATH, DEEPEST = 255, 30
_PART = re.compile(r"[\w .-]{1,100}")


class Names(Lines):
    """Names, or patterns after a tilde, one a line."""

    def read(self, line: str) -> str:
        """Return the line; raise ValueError for a pattern that is none or could explode."""
        if is_pattern(line) and (said := refusal(line)):
            raise ValueError(said)
        return line


class Pairs(Lines):
    """Conditions of two parts with a colon between, one a line."""

    def read(self, line: str) -> str:
        """Return the condition; raise ValueError for a line without two parts."""
        if not re.fullmatch(r"[^:]+:.+", line):
            raise ValueError(_("“%(line)s” has no two parts. It looks like criticality:prod.", line=line[:80]))
        return line


class Folder(StringField):
    """The path of a folder: `/` or `/linux/db`."""

    def process_formdata(self, valuelist: Any) -> None:
        """Take the path with one slash before each part and none at its end."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data: str | None = "/" + "/".join(part for part in text.split("/") if part) if text else ""

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError for what no folder can be called."""
        Plain()(form, self)
        parts = [part for part in (self.data or "").split("/") if part]
        is_path = len(self.data or "") <= LONGEST_PATH and len(parts) <= DEEPEST
        if not is_path or not all(_PART.fullmatch(part) and part.strip(". ") for part in parts):
            raise ValidationError(_("This is no folder. It looks like /linux/db."))


class SomeGroups:
    """Validate that at least one contact group is chosen."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for none."""
        if not field.data:
            raise ValidationError(_("Choose at least one contact group."))


class SiteIds(Keys):
    """The IDs of sites."""

    is_of_elements = False

    def missing(self) -> set[str]:
        """Return what is no site's ID."""
        known = Site.id.in_(self.named), Site.archived_at.is_(None)
        return set(self.named) - set(db.session.scalars(db.select(Site.id).where(*known)))


class CustomerIds(Keys):
    """The IDs of customers."""

    is_of_elements = False

    def missing(self) -> set[str]:
        """Return what is no customer's ID."""
        known = Customer.id.in_(self.named), Customer.archived_at.is_(None)
        return set(self.named) - set(db.session.scalars(db.select(Customer.id).where(*known)))
