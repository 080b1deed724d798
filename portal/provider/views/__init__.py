"""The provider's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ...web.navigation import Entry, add
from ..waiting import register
from . import (
    attributes,
    customers,
    documents,
    first_super_user,
    mail,
    people,
    people_deeds,
    requests,
    roles,
    site_deeds,
    site_settings,
    sites,
    staff,
    subscriptions,
    user_form,
    users,
    users_many,
    waiting,
    why,
)

BLUEPRINTS = (
    waiting.bp,
    customers.bp,
    first_super_user.bp,
    people.bp,
    people_deeds.bp,
    subscriptions.bp,
    requests.bp,
    mail.bp,
    staff.bp,
    users.bp,
    user_form.bp,
    users_many.bp,
    attributes.bp,
    documents.bp,
    sites.bp,
    site_deeds.bp,
    site_settings.bp,
    roles.bp,
    why.bp,
)

register()
add(
    Entry(_l("Waiting for me"), "/provider/", "general.use", staff=True, order=10, icon="waiting", short=_l("Waiting")),
    Entry(_l("Customers"), "/provider/customers/", "customers.read", staff=True, order=20, icon="customers"),
    Entry(_l("Sites"), "/provider/sites/", "sites.read", staff=True, order=21, icon="sites"),
    Entry(_l("Requests"), "/provider/requests/", "customers.read", staff=True, order=30, icon="requests"),
    Entry(_l("Mail"), "/provider/mail/", "audit.mail", staff=True, order=60, icon="mail"),
    Entry(_l("Users"), "/provider/access/users/", "access.read", section="access", staff=True, order=10),
    Entry(_l("Staff"), "/provider/staff/", "access.read", staff=True, order=70, icon="access"),
    Entry(_l("Roles"), "/provider/access/roles/", "access.read", section="access", staff=True, order=20),
    Entry(_l("Role matrix"), "/provider/access/roles/matrix", "access.read", section="access", staff=True, order=30),
    Entry(_l("Who may what"), "/provider/access/why", "access.read", section="access", staff=True, order=40),
)
