"""The demo's own past: licences in use, releases that unpack, tickets in every state, and no mail about any of it."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from flask import Flask
from sqlalchemy import func, select

from portal import signing
from portal.conversations.messages import Message
from portal.customers.subscriptions import Subscription
from portal.database import db, now
from portal.demo import fill
from portal.leases import Job
from portal.licensing.credentials import Credential
from portal.licensing.releases.models import Package, Release
from portal.licensing.usage.evaluation import evaluate
from portal.mail import Mail
from portal.support.notes import Note
from portal.support.tickets import Ticket, TicketState


def test_acme_comes_near_its_limit_and_stays_below_it(documents: Flask):
    with documents.test_request_context():
        found = select(Subscription).where(Subscription.customer_id == "acme", Subscription.edition == "cce")
        cloud = evaluate(db.session(), db.session.scalars(found).one())
        db.session.remove()
    assert len(cloud.days) > 330
    assert {day.sites for day in cloud.days} == {3}
    assert cloud.first_exceeded is None
    assert cloud.last.share(3000) >= 90
    assert all(day.services < 3000 for day in cloud.days)


def test_the_license_names_its_order_and_invoice(documents: Flask, as_: Any):
    page = as_("ada").get("/licenses/").click("Checkmk Cloud")
    assert page.click("S00071").html.h1.text == "Sales order S00071"
    assert "Checkmk Cloud, 3,000 services" in page.click("INV-10101")


def test_its_credential_opens_nothing(documents: Flask, as_: Any):
    with documents.app_context():
        credential = db.session.scalars(select(Credential)).one()
        db.session.remove()
    assert credential.revoked_at
    assert "Old central site" in as_("uma").get("/licenses/").click("Checkmk Cloud")


def test_packages_unpack_and_their_signatures_hold(documents: Flask):
    with documents.app_context():
        packages = db.session.scalars(select(Package)).all()
        assert {package.platform for package in packages} == {"jammy", "bookworm", "docker"}
        assert {package.edition for package in packages} == {"cre", "cee", "cce", "cme"}
        for package in packages:
            content = package.file.path.read_bytes()
            assert 50_000 < len(content) < 200_000
            assert hashlib.sha256(content).hexdigest() == package.file.sha256
            archive = content if package.platform == "docker" else content[content.index(b"data.tar.gz") + 60 :]
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive.rstrip(b"\n")))) as unpacked:
                readme = unpacked.extractfile("./usr/share/doc/check-mk-demo/README").read().decode()
            assert package.release.number in readme
            signing.public().verify(package.signature, content)
            with pytest.raises(InvalidSignature):
                signing.public().verify(package.signature, content + b"x")
        db.session.remove()


def test_releases_were_published_over_months_one_withdrawn_and_one_a_beta(documents: Flask, as_: Any):
    with documents.app_context():
        releases = {release.number: release for release in db.session.scalars(select(Release).order_by(Release.id))}
        db.session.remove()
    days = [release.published_at for release in releases.values()]
    assert days == sorted(days)
    assert (now() - days[0]).days > 180
    assert [number for number, release in releases.items() if release.withdrawn_at] == ["2.4.0p6"]
    assert [number for number, release in releases.items() if release.stability == "beta"] == ["2.5.0b1"]
    page = as_("alan").get("/downloads/")
    assert "Checkmk Cloud 2.4.0p12" in page.html.select_one("#best").text
    assert "2.4.0p6" not in [heading.text for heading in page.html.select(".release h2")]
    assert "Checkmk 2.4.0p6, which was withdrawn" in as_("uma").get("/downloads/")
    assert "2.4.0p7" in as_("ada").get("/downloads/news/")


def test_tickets_stand_in_every_state_with_a_note_watchers_and_a_rating(documents: Flask, as_: Any):
    with documents.app_context():
        tickets = db.session.scalars(select(Ticket).where(Ticket.customer_id == "acme").order_by(Ticket.id)).all()
        assert {ticket.state for ticket in tickets} == set(TicketState)
        assert [ticket.created_at for ticket in tickets] == sorted(ticket.created_at for ticket in tickets)
        assert [ticket.satisfaction for ticket in tickets if ticket.satisfaction] == ["good"]
        assert sum(len(ticket.watchers) for ticket in tickets) == 1
        for ticket in tickets:
            said = db.session.scalars(select(Message).where(Message.record_id == ticket.id).order_by(Message.id)).all()
            assert said[0].created_at == ticket.created_at, ticket.subject
        note = db.session.scalars(select(Note)).one().body
        db.session.remove()
    page = as_("uma").get("/support/tickets/").click("Windows agents report no disk counters")
    assert "check_mk_agent.log" in page
    assert note[:20] not in page
    assert note[:20] in as_("pat").get(f"/provider{page.request.path}")


def test_home_tells_of_it(documents: Flask, as_: Any):
    waits = [badge.text for badge in as_("uma").get("/").html.select("main .list.plain .badge")]
    assert waits == ["Withdrawn", "Ends soon", "Waiting for you"]
    cards = [heading.text for heading in as_("pat").get("/provider/").html.select("main section.card h2")]
    assert "Tickets nobody has taken" in cards


def test_nobody_is_mailed_and_a_second_filling_doubles_nothing(documents: Flask):
    fill(documents)
    with documents.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Mail, Release, Ticket)]
        waiting = db.session.scalars(select(Job.kind)).all()
        db.session.remove()
    assert counts == [0, 6, 7]
    assert set(waiting) <= {"contacts.allocation"}
