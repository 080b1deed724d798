"""Security news goes by mail to everybody who may download: once, in portions, and not when it was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.rights import Right
from portal.accounts.users import Grant, User
from portal.database import db, now
from portal.jobs import Job
from portal.licensing.news import broadcast
from portal.licensing.news.models import News, Topic
from tests.factories.news import tell, write
from tests.people.helpers import form_at
from tests.post import deliver, text_of, to

BOB = "bob.jensen@beta.example"


def test_security_news_goes_by_mail_to_everybody_who_may_download(app, as_):
    write(as_, "security", title="CVE-2026-1", body="Please **update**", by_mail=True).submit(status=302)
    letters = deliver(app)
    assert {letter["To"].addresses[0].username.split(".")[0] for letter in letters} == {
        "ada",
        "alan",
        "uma",
        "bea",
        "bob",
        "gus",
    }
    letter = to(letters, BOB)[0]
    assert letter["Subject"] == "Security: CVE-2026-1"
    assert "Please **update**" in text_of(letter)
    assert "may download Checkmk for Beta" in text_of(letter)
    assert "http://localhost/downloads/news/" in text_of(letter)
    html = letter.get_body(("html",)).get_content()
    assert "<strong>update</strong>" in html


def test_mail_goes_out_once(app, as_):
    id = tell(app)
    sending = form_at(as_("pat").get(f"/provider/news/{id}"), f"/provider/news/{id}/mail")
    sending.submit(status=302)
    assert "already" in sending.submit(status=409).text
    assert len(deliver(app)) == 6
    assert f"/provider/news/{id}/mail" not in as_("pat").get(f"/provider/news/{id}").text


def test_many_readers_are_written_to_in_portions_each_once(app, as_, monkeypatch):
    monkeypatch.setattr(broadcast, "AT_ONCE", 2)
    write(as_, "security", title="CVE-2026-1", by_mail=True).submit(status=302)
    addresses = [str(letter["To"]) for letter in deliver(app)]
    assert len(addresses) == len(set(addresses)) == 6
    with app.app_context():
        assert len(db.session.scalars(select(Job).where(Job.kind == "licensing.tell_news")).all()) == 4


def test_nobody_is_written_to_once_it_is_taken_back(app, as_):
    write(as_, "security", title="CVE-2026-1", by_mail=True).submit(status=302)
    with app.app_context():
        news = db.session.scalars(select(News)).one()
        news.withdrawn_at = now()
        db.session.commit()
    assert deliver(app) == []


def test_who_lost_the_right_gets_no_mail(app, as_):
    with app.app_context():
        bob = db.session.scalars(select(User).where(User.username == "bob")).one()
        db.session.delete(db.session.get_one(Grant, (bob.id, Right.DOWNLOAD_LICENSE)))
        db.session.commit()
    write(as_, "security", title="CVE-2026-1", by_mail=True).submit(status=302)
    assert not to(deliver(app), BOB)


@pytest.mark.parametrize("topic", [Topic.RELEASE, Topic.MAINTENANCE])
def test_only_security_goes_by_mail(app, as_, topic):
    times = {"shown_from": now(), "shown_until": now() + timedelta(hours=1)} if topic == Topic.MAINTENANCE else {}
    id = tell(app, topic, **times)
    pat = as_("pat")
    token = pat.get(f"/provider/news/{id}").html.select_one('input[name="csrf_token"]')["value"]
    page = pat.post(f"/provider/news/{id}/mail", {"csrf_token": token}, status=409)
    assert "Only security news" in page.text
