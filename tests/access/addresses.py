"""The records that the access table's addresses name: acme's, made anew for each row."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import mail, storage
from portal.access.rights import PortalRole
from portal.access.roles import Role
from portal.accounts.access_tokens import AccessToken
from portal.accounts.attributes import CustomAttribute
from portal.accounts.kiosk_links import KioskLink
from portal.accounts.requests import SuperUserRequest
from portal.accounts.session_rows import SessionRow
from portal.accounts.users import User
from portal.conversations.messages import Attachment
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.customers.subscriptions import Subscription, today
from portal.database import db, now
from portal.documents.models import DocumentKind
from portal.erp.models import ErpRun
from portal.licensing.credentials import Credential
from portal.licensing.news.models import News, Topic
from portal.licensing.releases.fetched import Fetched, Way
from portal.monitoring.kept import KeptView
from portal.monitoring.notifications.own_rules import OwnRule
from portal.monitoring.tables.table import Table
from portal.setup import elements
from portal.setup.distribution import activation
from portal.setup.kinds import KINDS as SETUP_KINDS
from portal.setup.leaks.models import Leak
from portal.setup.sites import authorities
from portal.support.desk import CannedAnswer, SavedView
from portal.support.notes import Note
from tests.factories import documents, releases, tickets
from tests.factories.certificates import certificate
from tests.factories.contacts import Allocation, group
from tests.factories.elements import element

VERSIONS = ("1.9.0p1", "1.9.1", "1.9.0")
KINDS = (*DocumentKind, "projects", "tasks", "timesheets", "subscriptions", "users")
ELEMENT_KINDS = tuple(slug for slug, kind in SETUP_KINDS.items() if kind.has_pages)


def fill(app: Flask) -> dict[str, str]:
    """Add one record of everything to acme and return what stands for each placeholder."""
    with app.app_context():
        session = db.session()
        people = {user.username: user for user in session.scalars(select(User))}
        ids: dict[str, Any] = {username: user.id for username, user in people.items()}
        acme = session.get_one(Customer, "acme")
        soon = today() + timedelta(days=9)
        token, _secret = AccessToken.issue(session, by=people["uma"], name="report", ends_on=soon)
        invited = User.create(
            session, name="Ivy New", email="ivy@acme.example", customer_id="acme", portal_role=PortalRole.USER, by=None
        )
        apprentice = User.create(
            session, name="Sam Staff", email="sam@provider.example", customer_id="provider", roles=["guest"], by=None
        )
        kiosk = KioskLink(user_id=people["uma"].id, name="Wall", path="/monitoring/", digest="0" * 64)
        session.add(kiosk)
        session.flush()
        ids |= {"ivy": invited.id, "sam": apprentice.id, "token": token.id, "kiosk": kiosk.id}
        session.add(Role(id="night", alias="Night", based_on_id="user"))
        ids["role"] = "night"
        file = storage.save(
            session, io.BytesIO(b"a letter"), name="letter.txt", purpose="evidence", customer_id="acme",
            by_id=people["alan"].id, limit=1000,
        )  # fmt: skip
        request = SuperUserRequest.raise_(
            session, customer=acme, nominee=people["alan"], reason="Ada leaves", by=people["alan"], evidence=[file]
        )
        project = documents.project("Rollout")
        task = documents.task("Plan", "#1", project)
        records = {kind: documents.document(kind, f"N-{kind}").id for kind in DocumentKind}
        letter = mail.send(
            session, to="ada@acme.example", name="Ada", template="appointed", language="en", customer_id="acme",
            person="Ada", company="Acme", portal="http://localhost/", by="Pat",
        )  # fmt: skip
        letter.failed_at = now()
        attached = storage.save(
            session, io.BytesIO(b"a dump"), name="dump.txt", purpose="ticket", customer_id="acme",
            by_id=people["ada"].id, limit=1000,
        )  # fmt: skip
        ticket = tickets.ticket("ada", files=[attached])
        ticket.watch(session, people["alan"], by=people["ada"])
        session.flush()
        attachment = session.scalars(select(Attachment.id).where(Attachment.record_id == ticket.id)).one()
        run = ErpRun(address="export", source="export", state="finished")
        session.add(run)
        session.flush()
        news = News.write(session, Topic.SECURITY, title="A hole", body="Update.", by=people["pat"])
        over = tickets.ticket("ada")
        over.close(session, by=people["pat"])
        ids |= {"news": news.id, "ticket": ticket.id, "closed_ticket": over.id, "attachment": attachment}
        Note.write(session, ticket, "Only among ourselves.", by=people["pat"])
        canned = CannedAnswer.write(session, title="Restart it", body="Dear {name}", by=people["pat"])
        view = SavedView.save(session, name="Theirs", query="customer=acme", shared=False, by=people["pat"])
        session.flush()
        ids |= {"canned": canned.id, "view": view.id}
        ids |= _releases(session, people) | _site(session)
        ids |= _views(session, people)
        bought = session.scalars(select(Subscription).where(Subscription.customer_id == "acme")).first()
        assert bought
        credential, _password = Credential.generate(session, bought, label="A site", by=None)
        ids |= {str(kind): id for kind, id in records.items()} | {
            "projects": project.id, "tasks": task.id,
            "timesheets": documents.timesheet("Work", 2, project).id,
            "subscriptions": bought.id, "held": credential.id,
            "users": people["ugo"].id, "request": request.id, "file": file.id, "mail": letter.id, "run": run.id,
        }  # fmt: skip
        CustomAttribute.create(session, id="room", title="Room", topic="identity", is_shown=True, by=people["pat"])
        telling = elements.create(session, "time-periods", key="of-beta", title="Of Beta", body={}, by=people["pat"])
        session.commit()
        ids["leak"] = session.scalars(select(Leak.id).where(Leak.element_id == telling.id)).first()
        session.commit()
        ids["activation"] = activation.activate({ids["site"]}, by=people["pat"])
        for slug in ELEMENT_KINDS:
            element(session, slug, customer=None if SETUP_KINDS[slug].is_general else "acme", by=people["pat"])
        session.commit()
        db.session.remove()
    return {name: str(id) for name, id in ids.items()}


def _releases(session: Any, people: dict[str, User]) -> dict[str, Any]:
    """Add a published release, a draft, and a withdrawn one that three of acme have downloaded."""
    published, draft, withdrawn = (releases.release(number, published=number != "1.9.1") for number in VERSIONS)
    found = {
        "release": published.id,
        "draft": draft.id,
        "withdrawn": withdrawn.id,
        "draft_package": draft.packages[0].id,
    }
    found |= {package.edition: package.id for package in published.packages}
    for username in ("ada", "alan", "uma"):
        Fetched.note(
            session, withdrawn.packages[0].id, by=people[username], way=Way.BROWSER, address="192.0.2.1", is_part=False
        )
    withdrawn.withdraw(session, "It breaks.", by=people["pat"])
    return found


def _site(session: Any) -> dict[str, Any]:
    """Add a site that does not answer and trusts an authority."""
    site = Site.create(
        session, id="harbour", alias="Harbour", customer_id="acme", livestatus="unix:/nowhere", by=None,
        trusted_cas=[certificate("Acme Root")],
    )  # fmt: skip
    (authority,) = authorities(site)
    return {"site": site.id, "ca": authority.fingerprint.replace(":", "").lower()}


def _views(session: Any, people: dict[str, User]) -> dict[str, Any]:
    """Keep views in both doors and an own rule, and let the inventory know a host."""
    given, everybody = Allocation(), ("acme-web1",)
    group("acme-web1", "ada", "alan", "abe", "uma", "ugo")
    given.host("harbour", "web1", *everybody)
    # A worker that runs beside these records works out the same by the rule.
    said = {"hosts": ["web1"], "groups": list(everybody)}
    element(session, "contact-rules", "of-web1", customer="acme", body=said, by=people["pat"])
    given.service("harbour", "web1", "cpu", of_host=everybody)
    kept = {
        name: KeptView.keep(session, name=name, table=Table.of("services"), shared=shared, by=people[username])
        for name, username, shared in (
            ("company_view", "ada", True), ("own_view", "ugo", False), ("board", "pat", True),
        )
    }  # fmt: skip
    rule = OwnRule.add(session, title="Not at night", enabled=True, body={"events": ["down"]}, by=people["ada"])
    session.flush()
    return {"own_rule": rule.id} | {name: view.id for name, view in kept.items()}


def own_session(app: Flask, username: str) -> str:
    """Return the key under which somebody's page of sessions names the present one."""
    with app.app_context():
        row = db.session.scalars(select(SessionRow).join(User).where(User.username == username)).first()
        key = row.key if row else "none"
        db.session.remove()
    return key
