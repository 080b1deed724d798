"""Rollback: a new snapshot with the setup of an earlier one, and with people as they are now.

What the site may not have any more is left out, with whatever names it; so is trust that was withdrawn. What was
changed since becomes pending again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...audit.models import record
from ...contacts.allocation import delivery
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.models import Customer
from ...customers.sites import Site
from ...errors import Refused
from .. import changes
from ..editions import is_held_back
from ..users.profiles import profiles
from . import activation, earlier, parts, snapshots
from .parts import GLOBAL_USERS, Part
from .snapshots import Kind, Snapshot
from .standing import SiteStanding

TRUSTED = "trusted_certificate_authorities"


@dataclass(frozen=True)
class Plan:
    """What going back would publish; `left_out` are kind, ID and title of elements, `distrusted` how many CAs."""

    snapshot: Snapshot
    contents: dict[str, dict[str, Any]]
    left_out: list[list[str]]
    distrusted: int


def plan(session: Session, site: Site, snapshot: Snapshot) -> Plan:
    """Return what going back to a snapshot would publish; raise `Refused` when that cannot be."""
    standing = session.get(SiteStanding, site.id)
    customer = session.get_one(Customer, site.customer_id)
    if snapshot.site_id != site.id or snapshot.customer_id != site.customer_id:
        raise Refused(_("This snapshot was made for another customer. It is never published again."))
    if standing is None or standing.customer_id != site.customer_id:
        raise Refused(_("Activate the changes of this site first."))
    if site.archived_at or customer.archived_at or is_held_back(site.edition):
        raise Refused(_("This site gets no configuration."))
    if snapshot.number == standing.number:
        raise Refused(_("This is what the site has now."))
    before = {part["name"]: part for part in map(parts.loaded, parts.read(session, snapshot.hashes).values())}
    setup = {name: content for name, content in before.items() if not parts.is_of_users(name)}
    own = setup[f"site:{site.id}"]
    trusted = [pem for pem in own[TRUSTED] if pem in site.trusted_cas]
    permitted, out = earlier.permitted(session, setup, site.customer_id)
    contacts = delivery.within(own.get("contacts", delivery.NOTHING), earlier.ids(permitted, CONTACT_GROUPS))
    permitted[f"site:{site.id}"] = {**own, TRUSTED: trusted, "contacts": contacts}
    titles = {
        (kind, one["id"]): one["title"]
        for content in setup.values()
        for kind, elements in content.get("elements", {}).items()
        for one in elements
    }
    contents = permitted | _people(session, site.customer_id, permitted)
    left_out = [[kind, key, titles[kind, key]] for kind, key in sorted(out)]
    return Plan(snapshot, contents, left_out, len(own[TRUSTED]) - len(trusted))


def roll_back(session: Session, site: Site, number: int, *, by: Any) -> Snapshot:
    """Publish an earlier snapshot of a site again, as far as it may still have it; raise `Refused` when it may not."""
    through = changes.hold(session, Site.id == site.id)
    session.refresh(site)
    found = session.scalar(select(Snapshot).where(Snapshot.site_id == site.id, Snapshot.number == number))
    if found is None:
        raise Refused(_("There is no such snapshot."))
    going = plan(session, site, found)
    made = [_part(name, going.contents[name], through) for name in parts.names_of(site.id, site.customer_id)]
    parts.keep(session, made)
    standing = session.get_one(SiteStanding, site.id)
    snapshot = snapshots.make(
        site_id=site.id, customer_id=site.customer_id, number=standing.number + 1, kind=Kind.ROLLBACK,
        through=found.through, of=made, by=by, of_number=number, left_out=going.left_out,
    )  # fmt: skip
    session.add(snapshot)
    activation.publish(session, [snapshot])
    record(
        session, "setup.rolled_back", by=by, customer_id=site.customer_id, site=site.id, number=snapshot.number,
        of=number,
    )  # fmt: skip
    return snapshot


def _people(session: Session, customer_id: str, setup: earlier.Contents) -> dict[str, dict[str, Any]]:
    """Return the users as they are now, in those of their groups that the earlier setup has."""
    groups = earlier.ids(setup, CONTACT_GROUPS)
    found, is_peopled = {}, False
    for name, owner in ((GLOBAL_USERS, None), (f"users:{customer_id}", customer_id)):
        people = profiles(session, owner)
        is_peopled = is_peopled or any(not one["is_disabled"] for one in people)
        found[name] = {"users": earlier.within(people, groups)}
    if not is_peopled:
        raise Refused(_("Nobody could sign in: neither this customer nor Global has an enabled user."))
    return found


def _part(name: str, content: dict[str, Any], number: int) -> Part:
    plain = {key: value for key, value in content.items() if key not in ("name", "nonce")}
    return parts.make(name, plain, as_of=number, is_current=False)
