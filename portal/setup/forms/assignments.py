"""The form of an assignment: the contact groups of one host, or of one service."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import InputRequired

from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from ...customers.sites import Site
from ...database import db
from .. import places
from ..releases import To
from .allocation import SomeGroups
from .elements import ElementForm, text
from .lookups import Keys

PLACE = ("site", "host", "service")


class AssignmentForm(ElementForm):
    """The assignment of a host or service. The place is fixed once it is made; its site gives the customer."""

    site = text(_l("Site"), 64, also=(InputRequired(_l("Give the site’s ID.")),))
    host = text(_l("Host"), 255, also=(InputRequired(_l("Give the host’s name.")),))
    service = text(_l("Service"), 255, description=_l("Empty: the host, and the services that have no groups."))
    groups = Keys(_l("Contact groups"), kind=CONTACT_GROUPS, validators=[SomeGroups()])

    placed: dict[str, str] | None = None
    """Site, host and service, once they are fixed."""

    def prepare(self, kind: Any, element: Any = None, **more: Any) -> None:
        """Drop what the place gives."""
        super().prepare(kind, element, **more)
        del self.title
        del self.customer
        if element is not None:
            self.place(*(element.body[name] for name in PLACE))
        else:
            del self.id

    def place(self, site: str, host: str, service: str = "") -> None:
        """Let the form be about one host or service, whatever is sent."""
        self.placed = {"site": site, "host": host, "service": service}
        for name in PLACE:
            del self[name]

    def begin(self, asked: Any, *_more: Any) -> None:
        """Fill in what the address says: site, host and service."""
        for name in PLACE:
            self[name].data = asked.get(name, "")[:255]

    @property
    def body(self) -> dict[str, Any]:
        """Return the body, with the place of an assignment that has one."""
        return {**(self.placed or {}), **super().body}

    @property
    def chosen_key(self) -> str:
        """Return the ID that the place gives."""
        body = self.body
        return places.assignment_key(body["site"] or "", body["host"] or "", body["service"] or "")

    @property
    def chosen_title(self) -> str:
        """Return the name of the host, and of the service."""
        return places.assignment_title(self.body)

    def to(self) -> To | None:
        """Return the customer of the site; None for an assignment that has its place."""
        if self.placed is not None:
            return None
        site = db.session.get(Site, self.site.data or "")
        return To(Release.CUSTOMER, site.customer_id) if site else None

    def validate_site(self, field: Any) -> None:
        """Raise ValidationError for what is no site."""
        site = db.session.get(Site, field.data or "")
        if site is None or site.archived_at is not None:
            raise ValidationError(_("There is no site with the ID “%(id)s”.", id=(field.data or "")[:64]))


class OwnGroupsForm(AssignmentForm):
    """The groups of one host or service itself, on its page: none is no assignment."""

    groups = Keys(
        _l("Contact groups"), kind=CONTACT_GROUPS, description=_l("In addition to those of its folders and of rules.")
    )
