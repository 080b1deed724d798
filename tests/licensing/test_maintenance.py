"""Maintenance stands above every page while it is time, and costs no page anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.database import db, now
from portal.licensing.news.models import News
from portal.web import banners
from tests.factories.news import maintain, write
from tests.people.helpers import form_at


def above(page) -> list[str]:
    return [message.text.strip() for message in page.html.select(".message.warn")]


def local(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%dT%H:%M")


def test_maintenance_stands_above_every_page_while_it_is_time(app, as_, browser):
    id = maintain(app, timedelta(hours=-1), timedelta(hours=1), body="Downloads\npause.")
    for page in (
        browser.get("/login"),
        as_("ugo").get("/"),
        as_("gil").get("/provider/"),
        as_("ada").get("/nowhere", status=404),
    ):
        assert "Maintenance tonight. Downloads pause." in above(page)
    form_at(as_("pat").get(f"/provider/news/{id}"), f"/provider/news/{id}/withdrawal").submit(status=302)
    assert "Maintenance tonight. Downloads pause." not in above(browser.get("/login"))


def test_a_title_without_a_full_stop_is_set_apart_from_its_text(app, browser):
    maintain(app, timedelta(hours=-1), timedelta(hours=1), title="Portal moves", body="Downloads pause.")
    assert "Portal moves: Downloads pause." in above(browser.get("/login"))


@pytest.mark.parametrize(("since", "until"), [(1, 2), (-2, -1)])
def test_maintenance_stands_nowhere_before_and_after(app, browser, since, until):
    maintain(app, timedelta(hours=since), timedelta(hours=until))
    assert above(browser.get("/login")) == []


def test_maintenance_appears_and_goes_on_time_though_it_is_read_rarely(app, browser, monkeypatch):
    maintain(app, timedelta(seconds=20), timedelta(seconds=25))
    start = now()
    shown = []
    for later in (0, 21, 26):
        monkeypatch.setattr(banners, "now", lambda later=later: start + timedelta(seconds=later))
        shown.append(bool(above(browser.get("/login"))))
    assert shown == [False, True, False]


def test_a_page_costs_no_statement_for_what_stands_above_it(app, as_, statements):
    maintain(app, timedelta(hours=-1), timedelta(hours=1))
    ada = as_("ada")
    ada.get("/profile")
    statements.clear()
    assert "Maintenance tonight." in above(ada.get("/profile"))
    assert not [statement for statement in statements if "news" in statement]


def test_a_database_that_fails_costs_the_banner_and_not_the_page(app, browser, monkeypatch):
    class Broken:
        def __init__(self, *_args):
            raise banners.SQLAlchemyError

    browser.get("/login")
    banners.forget(app)
    monkeypatch.setattr(banners, "Session", Broken)
    assert above(browser.get("/login")) == []


def test_staff_type_the_time_of_maintenance_in_their_own_zone(app, as_):
    start = now().replace(second=0, microsecond=0) + timedelta(days=2)
    write(
        as_, "maintenance", title="Move", shown_from=local(start), shown_until=local(start + timedelta(hours=2))
    ).submit(status=302)
    with app.app_context():
        news = db.session.scalars(select(News)).one()
        assert (news.shown_from, news.shown_until) == (start, start + timedelta(hours=2))
    form = as_("pat").get(f"/provider/news/{news.id}/edit").forms["news"]
    assert form["shown_from"].value == local(start)


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2026-12-01T10:00", "2026-12-01T09:00", "The end must come after the beginning"),
        ("2026-12-01T10:00", "", "Say until when"),
        ("yesterday", "2026-12-01T09:00", "This is no date with a time"),
        ("0001-01-01T00:00", "9999-12-31T23:59", "This is no date with a time"),
    ],
)
def test_maintenance_without_a_time_that_makes_sense_is_not_kept(app, as_, since, until, sentence):
    form = write(as_, "maintenance", title="Move", body="Kept text", shown_from=since, shown_until=until)
    page = form.submit(status=422)
    assert sentence in page.text
    assert page.forms["news"]["body"].value == "Kept text"
    assert page.forms["news"]["shown_from"].value == since
    with app.app_context():
        assert db.session.scalars(select(News)).all() == []


def test_a_banner_is_short(as_):
    page = write(as_, "maintenance", title="Move", body="x" * 501, shown_from=local(now()),
                 shown_until=local(now() + timedelta(hours=1))).submit(status=422)  # fmt: skip
    assert "too long" in page.text


def test_maintenance_is_no_news_for_strangers(app, browser):
    maintain(app, timedelta(hours=-1), timedelta(hours=1))
    assert "Maintenance tonight" not in browser.get("/news.atom").text
