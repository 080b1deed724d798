"""Deeds on sites: each changes the site, is recorded, and leaves a pending change where the site's setup differs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..audit.models import record
from ..contacts.inventory import Host, Service, Sweep
from ..customers.models import Customer
from ..customers.sites import Site, owner
from ..database import now
from ..errors import Refused
from . import changes, elements, references
from .certificates import Certificate, read_authorities, read_certificates
from .global_settings import SETTINGS

SENT = frozenset({"alias", "gui_url"})
"""What of a site's own fields it gets told; the others are the portal's business alone."""
KIND = "sites"


def connect(session: Session, *, by: Any, **values: Any) -> Site:
    """Add a site."""
    site = Site.create(session, by=by, **values)
    _note(session, site, "created", by=by)
    return site


def change(session: Session, site: Site, *, by: Any, **values: Any) -> None:
    """Change how a site is called and reached."""
    changed = site.change(session, by=by, **values)
    if told := {name: pair for name, pair in changed.items() if name in SENT}:
        _note(session, site, "changed", by=by, data=told)


def new_owner(session: Session, site: Site, text: str) -> Customer:
    """Return the customer a site could be moved to; raise `Refused` beside the field `customer`."""
    if text == site.customer_id:
        raise Refused(_("The site belongs to this customer already."), field="customer")
    return owner(session, text)


def move(session: Session, site: Site, customer_id: str, *, by: Any) -> None:
    """Give a site to another customer: with the next snapshot it gets that one's setup and no longer the former's."""
    source = site.customer_id
    site.move(session, customer_id, by=by)
    _note(session, site, "moved", by=by, data={"customer": [source, customer_id]})
    for assignment in references.of(session, references.SITES, site.id):
        elements.release(session, assignment, customer_id, by=by)


def remove(session: Session, site: Site, *, by: Any) -> None:
    """Take a site away, and what was known of its hosts and services and assigned to them with it."""
    for assignment in references.of(session, references.SITES, site.id):
        elements.delete(session, assignment, by=by)
    site.remove(session, by=by)
    for table in (Host, Service, Sweep):
        session.execute(delete(table).where(table.site_id == site.id))


def set_settings(session: Session, site: Site, values: dict[str, Any], *, by: Any) -> None:
    """Let a site have exactly these global settings of its own, read and checked; `Refused` names the field."""
    wanted = {name: SETTINGS[name].read(value) for name, value in values.items() if SETTINGS[name].may_differ}
    changed = {
        name: [site.settings.get(name), wanted.get(name)]
        for name in SETTINGS
        if site.settings.get(name) != wanted.get(name)
    }
    if changed:
        site.settings = wanted
        record(
            session, "site.settings", by=by, customer_id=site.customer_id, site=site.id, settings=sorted(changed)
        )  # fmt: skip
        _note(session, site, "changed", by=by, data=changed)


def trust(session: Session, site: Site, pem: str, *, by: Any) -> list[Certificate]:
    """Let a site, and no other, trust the authorities of a PEM text; return them."""
    added, known = read_authorities(pem), {one.fingerprint for one in authorities(site)}
    if not added:
        raise Refused(_("Paste a certificate or choose a file."), field="pem")
    for one in added:
        if one.fingerprint in known:
            raise Refused(_("The site trusts %(name)s already.", name=one.name), field="pem")
    site.trusted_cas = [*site.trusted_cas, *(one.pem for one in added)]
    for one in added:
        _tell_trust(session, site, "site.trusted", one, by=by)
    return added


def distrust(session: Session, site: Site, fingerprint: str, *, by: Any) -> Certificate | None:
    """Let a site no longer trust the authority with that SHA-256; return it, None when it does not."""
    found = next((one for one in authorities(site) if one.fingerprint.replace(":", "").lower() == fingerprint), None)
    if found is not None:
        site.trusted_cas = [pem for pem in site.trusted_cas if pem != found.pem]
        _tell_trust(session, site, "site.distrusted", found, by=by)
    return found


def authorities(site: Site) -> list[Certificate]:
    """Return the authorities a site trusts besides those it came with."""
    return read_certificates("\n".join(site.trusted_cas))


def report(session: Session, site_id: str, *, edition: str, product_version: str) -> None:
    """Keep what a site says it runs; no edit, so that no open form gets stale."""
    session.execute(
        update(Site)
        .where(Site.id == site_id)
        .values(edition=edition[:20], product_version=product_version[:60], reported_at=now())
        .execution_options(synchronize_session=False)
    )


def _tell_trust(session: Session, site: Site, tag: str, one: Certificate, *, by: Any) -> None:
    record(
        session, tag, by=by, customer_id=site.customer_id, site=site.id, name=one.name, fingerprint=one.fingerprint
    )  # fmt: skip
    pair = [None, one.name] if tag == "site.trusted" else [one.name, None]
    _note(session, site, "changed", by=by, data={"trusted_certificate_authorities": pair})


def _note(session: Session, site: Site, act: str, *, by: Any, data: dict[str, Any] | None = None) -> None:
    changes.note(session, f"site:{site.id}", kind=KIND, key=site.id, title=site.alias, act=act, by=by, data=data)
