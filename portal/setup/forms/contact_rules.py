"""The form of a contact rule: whom it assigns, and to which hosts or services."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ...contacts.memberships import CONTACT_GROUPS
from ...customers.sites import Site
from ...database import db
from ...errors import Refused
from ...web.fields import Pick
from .allocation import LINES, CustomerIds, Folder, Names, Pairs, SiteIds, SomeGroups
from .elements import ElementForm, text
from .lookups import Keys

ASSIGNED = {"hosts": _l("Hosts"), "services": _l("Services")}


class ContactRuleForm(ElementForm):
    """A contact rule. What is left empty does not narrow it; all that is given must hold."""

    assign = Pick(
        _l("Assign to"), choices=[SelectChoice(value, label) for value, label in ASSIGNED.items()], default="hosts",
        description=_l("A service that is assigned a group no longer has those of its host."),
    )  # fmt: skip
    groups = Keys(_l("Contact groups"), kind=CONTACT_GROUPS, validators=[SomeGroups()])
    folder = Folder(
        _l("Folder"), validators=[Optional()], description=_l("As in /linux/db; folders below it are meant too.")
    )  # fmt: skip
    hosts = Names(
        _l("Hosts"),
        description=_l("One a line. ~ and a regular expression is a pattern, matched from the name’s beginning."),
        **LINES,
    )
    services = Names(
        _l("Services"), description=_l("One a line, as above. Only for a rule that assigns to services."), **LINES
    )
    labels = Pairs(_l("Labels"), description=_l("One a line, as in cmk/os_family:linux. All must be there."), **LINES)
    tags = Pairs(
        _l("Host tags"), description=_l("One a line: the group’s ID, a colon, the tag’s. All must be there."), **LINES
    )
    sites = SiteIds(_l("Sites"), kind="sites", description=_l("One of which the host must be on."))
    customers = CustomerIds(_l("Customers"), kind="customers", description=_l("One of whose sites the host is on."))
    comment = text(_l("Comment"), 2000, field=TextAreaField, render_kw={"rows": 3})

    def begin(self, asked: Any, *_more: Any) -> None:
        """Fill in what the address says: a contact group, and whose it is."""
        if asked.get("group"):
            self.groups.data, self.customer.data = [asked["group"][:64]], asked.get("customer", "provider")[:64]

    def validate_services(self, field: Any) -> None:
        """Raise ValidationError for services that a rule for hosts names."""
        if field.data and self.assign.data == "hosts":
            raise ValidationError(_("A rule that assigns to hosts cannot ask for services. Assign to services."))

    def validate_sites(self, field: Any) -> None:
        """Raise ValidationError for sites at which a customer's rule never counts, unknown to its readers."""
        owner = self._owner()
        foreign = db.select(Site.id).where(Site.id.in_(field.named), Site.customer_id != owner)
        if owner and db.session.scalars(foreign.limit(1)).first():
            raise ValidationError(_("One of these is another customer’s. A rule of one customer counts at its sites."))

    def validate_customers(self, field: Any) -> None:
        """Raise ValidationError for other customers than the rule's own."""
        owner = self._owner()
        if owner and set(field.named) - {owner}:
            raise ValidationError(_("This rule is released to one customer, and counts at no other’s sites."))

    def _owner(self) -> str | None:
        """Return the customer the rule is to be released to; None for a Global one, and while that does not hold."""
        try:
            to = self.to()
        except Refused:
            return None
        return to.customer_id if to else None
