"""Sent mail: its fate, its text without secrets, and another try."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, select

from portal.database import db, now
from portal.leases import Job
from portal.mail import Mail
from tests import post as mailbox
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_customer, make_role, post, send


@pytest.fixture
def invited(app, as_):
    """The invitation of delta's first super user, written and not yet sent."""
    make_customer(app, "delta", "Delta Oy")
    send(
        as_("pat"), "/provider/customers/delta/invitation", "invitation", 302,
        name="Dora Delta", email="dora@delta.example",
    )  # fmt: skip
    return id_of_mail(app, "dora@delta.example")


def id_of_mail(app, recipient):
    with app.app_context():
        found = str(db.session.scalar(select(Mail.id).where(Mail.recipient == recipient).order_by(Mail.id.desc())))
        db.session.remove()
    return found


def fail(app, id):
    with app.app_context():
        mail = db.session.get_one(Mail, uuid.UUID(id))
        db.session.execute(delete(Job).where(Job.kind == "mail.send"))
        mail.failed_at, mail.error, mail.attempts, mail.sealed = now(), "Nobody there.", 8, None
        db.session.commit()
        db.session.remove()


def test_the_list_tells_the_fate_of_every_message(app, as_, invited, statements):
    assert as_("pat").get("/provider/mail/").html.select_one("tbody .badge").text == "Waiting"
    mailbox.deliver(app)
    page = as_("pat").get("/provider/mail/?q=DORA&state=sent")
    assert "dora@delta.example" in page
    assert "Delta Oy" in page
    assert "No message found" in as_("pat").get("/provider/mail/?state=failed")
    statements.clear()
    as_("pat").get("/provider/mail/")
    assert len(statements) == 2


def test_the_text_is_shown_without_its_secret(app, as_, invited):
    link = mailbox.links_in(mailbox.to(mailbox.deliver(app), "dora@delta.example")[0])[0]
    page = as_("pat").get(f"/provider/mail/{invited}")
    assert "Dora Delta" in page
    assert "…" in page.html.select_one(".prose").text
    assert link.rsplit("/", 1)[1] not in page.text


def test_a_failed_message_without_secret_is_sent_again(app, as_):
    post(as_("pat"), f"/provider/customers/acme/people/{id_of(app, 'uma')}/disablement", 302)
    id = id_of_mail(app, "uma.dietrich@acme.example")
    fail(app, id)
    page = as_("pat").get(f"/provider/mail/{id}")
    assert "Nobody there." in page
    assert "Send it again" in page
    assert "Mail that did not arrive" in as_("pat").get("/provider/")
    assert not mailbox.to(mailbox.deliver(app), "uma.dietrich@acme.example")
    post(as_("pat"), f"/provider/mail/{id}/delivery", 302)
    assert len(mailbox.to(mailbox.deliver(app), "uma.dietrich@acme.example")) == 1
    assert "Sent" in as_("pat").get(f"/provider/mail/{id}").html.select_one(".card .badge").text
    post(as_("pat"), f"/provider/mail/{id}/delivery", 409)


def test_a_failed_invitation_is_not_sent_again_but_made_anew(app, as_, invited):
    fail(app, invited)
    page = as_("pat").get(f"/provider/mail/{invited}")
    assert "Send it again" not in page
    assert "Send a new one instead" in page
    as_("pat").get(page.html.find("a", string="Dora Delta")["href"])
    assert "one-time link of this message is gone" in post(as_("pat"), f"/provider/mail/{invited}/delivery", 409)


def test_reading_mail_and_sending_it_again_are_two_permissions(app, as_, invited):
    fail(app, invited)
    assert "Send it again" not in as_("gil").get(f"/provider/mail/{invited}")
    post(as_("gil"), f"/provider/mail/{invited}/delivery", 403)
    make_role(app, "sales", "guest", audit__mail=False)
    make_colleague(app, "sue", "sales")
    as_("sue").get("/provider/mail/", status=404)
    assert "/provider/mail/" not in as_("sue").get("/provider/").text


def test_unknown_messages_are_not_found(app, as_):
    as_("pat").get(f"/provider/mail/{id_of(app, 'ada')}", status=404)
