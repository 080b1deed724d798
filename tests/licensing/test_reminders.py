"""Reminders of an end: the nearest that has come, once, to those who lead the company and can sign in."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from portal import jobs
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.customers.subscriptions import Edition, Subscription, today
from portal.database import db, now
from portal.i18n import format_date
from portal.licensing import reminders
from portal.mail import Mail

LEADERS = ["abe", "ada", "alan"]


def of_acme() -> Subscription:
    found = select(Subscription).where(Subscription.customer_id == "acme", Subscription.edition == "cce")
    return db.session.scalars(found.order_by(Subscription.id)).all()[0]


@pytest.fixture
def day(app: Flask) -> date:
    with app.app_context():
        return today()


@pytest.fixture
def ends(app: Flask, day: date) -> Any:
    """Let acme's Checkmk Cloud end in so many days, known since so many days, with whatever else is to change."""

    def change(left: int, *, known: int = 365, **values: Any) -> None:
        with app.app_context():
            one = of_acme()
            one.ends_on = day + timedelta(days=left)
            one.created_at = datetime.combine(day - timedelta(days=known), time(12), ZoneInfo("Europe/Berlin"))
            for name, value in values.items():
                setattr(one, name, value)
            db.session.commit()
            db.session.remove()

    return change


@pytest.fixture
def reminded(app: Flask, day: date, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Do an hour's job, some days from now; return the usernames of those who got a mail since the last time."""
    seen: set[Any] = set()

    def run(later: int = 0) -> list[str]:
        monkeypatch.setattr(reminders, "today", lambda: day + timedelta(days=later))
        with app.app_context():
            reminders.remind(db.session(), jobs.Job())
            db.session.commit()
            rows = db.session.execute(
                select(Mail.id, User.username)
                .join(User, User.id == Mail.user_id)
                .where(Mail.template == "license_ending", Mail.id.not_in(seen))
            ).all()
            db.session.remove()
        seen.update(row.id for row in rows)
        return sorted(row.username for row in rows)

    return run


def mails(app: Flask) -> list[Mail]:
    with app.app_context():
        found = db.session.scalars(select(Mail).where(Mail.template == "license_ending").order_by(Mail.id)).all()
        db.session.remove()
    return list(found)


def test_the_super_user_and_admins_are_reminded_30_14_and_7_days_before_and_once_each(ends, reminded):
    ends(31)
    assert [reminded(later) for later in range(33)] == [
        LEADERS if later in (1, 17, 24) else [] for later in range(33)
    ]  # fmt: skip


def test_the_mail_says_what_ends_when_and_whom_to_ask(app, ends, reminded, day, monkeypatch):
    monkeypatch.setitem(app.config, "SUPPORT_CONTACT", "renew@nordlicht.example")
    ends(14)
    reminded()
    mail = next(mail for mail in mails(app) if mail.recipient == "ada.arnold@acme.example")
    assert mail.subject == "Checkmk Cloud ends in 14 days"
    with app.test_request_context():
        last, until = format_date(day + timedelta(days=14)), format_date(day + timedelta(days=28))
    for said in ("Acme GmbH", last, until, "3,000", "Advanced", "renew@nordlicht.example", "/licenses/"):
        assert said in mail.text
        assert said in mail.html


def test_each_reads_it_in_their_language(app, ends, reminded):
    with app.app_context():
        db.session.execute(User.__table__.update().where(User.username == "ada").values(language="de"))
        db.session.commit()
        db.session.remove()
    ends(7)
    reminded()
    assert {mail.language for mail in mails(app)} == {"de", "en"}


def test_who_cannot_sign_in_gets_none(app, as_, ends, reminded):
    with app.app_context():
        alan, abe = (db.session.scalars(select(User).where(User.username == name)).one() for name in ("alan", "abe"))
        alan.disable(by=None)
        abe.password_hash = None
        db.session.commit()
        db.session.remove()
    ends(7)
    assert reminded() == ["ada"]


def test_after_days_without_a_worker_only_the_nearest_comes_late(app, ends, reminded):
    ends(31)
    assert reminded(26) == LEADERS
    assert mails(app)[0].subject == "Checkmk Cloud ends in 5 days"
    assert reminded(27) == []


def test_on_the_last_day_it_is_said_and_after_it_nothing(app, ends, reminded):
    ends(40)
    assert reminded(41) == []
    assert reminded(40) == LEADERS
    assert mails(app)[0].subject == "Checkmk Cloud ends today"


@pytest.mark.parametrize(
    ("left", "known", "come"), [(20, 0, (6, 13)), (14, 0, (0, 7)), (5, 0, ()), (29, 1, (0, 15, 22))]
)
def test_one_that_was_over_when_the_end_was_entered_is_none(ends, reminded, left, known, come):
    ends(left, known=known)
    assert [later for later in range(left + 2) if reminded(later)] == list(come)


def test_renewed_it_is_reminded_of_the_new_end(app, ends, reminded, day):
    ends(14)
    assert reminded() == LEADERS
    with app.app_context():
        one = of_acme()
        one.renew(db.session(), until=day + timedelta(days=60), by=None)
        db.session.commit()
        db.session.remove()
    assert [later for later in range(62) if reminded(later)] == [30, 46, 53]


def test_an_end_moved_near_is_known_since_then(app, ends, reminded, day):
    ends(300)
    with app.app_context():
        one = of_acme()
        one.end(db.session(), last_day=day + timedelta(days=10), by=None)
        db.session.commit()
        db.session.remove()
    assert [later for later in range(12) if reminded(later)] == [3]


def test_nobody_is_reminded_of_what_goes_on_under_another_subscription(app, ends, reminded, day):
    ends(7)
    with app.app_context():
        Subscription.enter(
            db.session(), customer_id="acme", edition=Edition.CLOUD, services=7000, support=None,
            starts_on=day + timedelta(days=8), ends_on=day + timedelta(days=300), by=None,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    assert reminded() == []


@pytest.mark.parametrize("what", ["subscription", "customer"])
def test_nor_of_what_is_archived(app, ends, reminded, what):
    ends(7, **({"archived_at": now()} if what == "subscription" else {}))
    if what == "customer":
        with app.app_context():
            db.session.get_one(Customer, "acme").archive(db.session(), by=None)
            db.session.commit()
            db.session.remove()
    assert reminded() == []


def test_two_workers_remind_once(app, ends):
    ends(7)
    start = threading.Barrier(2)
    failed: list[Exception] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                reminders.remind(db.session(), jobs.Job())
                db.session.commit()
            except Exception as error:
                failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(mail.recipient.split(".")[0] for mail in mails(app)) == LEADERS


def test_the_worker_does_it_every_hour(app):
    assert jobs.schedules["licenses.remind"] == 60
