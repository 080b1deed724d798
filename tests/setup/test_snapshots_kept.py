"""How long snapshots are kept: what goes after its time, what stays for ever, and that nothing misses what is gone."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal import jobs
from portal.accounts.users import User
from portal.database import db, now, separate
from portal.errors import Refused
from portal.jobs import enqueue, work_once
from portal.setup import changes, sites
from portal.setup.distribution import keeping, rollback, standing
from portal.setup.distribution.parts import Part
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.distribution.users_only import publish_users
from tests.api.sites import site
from tests.house import House
from tests.setup import sites as at
from tests.setup.sites import count

CHANGES = "/provider/changes/sites/acme-1"


def age(app, days: float, *numbers: int) -> None:
    """Let snapshots (none: all) have been made so long ago, and with them all parts."""
    made_at = now() - timedelta(days=days)
    with app.app_context(), separate() as session:
        some = Snapshot.number.in_(numbers) if numbers else Snapshot.number > 0
        session.execute(update(Snapshot).where(some).values(made_at=made_at))
        session.execute(update(Part).values(made_at=made_at))


def forget(app) -> None:
    """Let the daily job run."""
    with app.app_context(), separate() as session:
        enqueue(session, "setup.forget")
    work_once(app)


def kept(app, site_id: str = "acme-1") -> list[int]:
    with app.app_context():
        found = select(Snapshot.number).where(Snapshot.site_id == site_id).order_by(Snapshot.number)
        numbers = list(db.session.scalars(found))
        db.session.remove()
    return numbers


def parts_in_use(app) -> tuple[set[str], set[str]]:
    """Return the hashes that snapshots name, and those of the parts there are that are not current."""
    with app.app_context():
        named = {sha256 for one in db.session.scalars(select(Snapshot)) for sha256 in one.hashes}
        there = set(db.session.scalars(select(Part.sha256).where(~Part.is_current)))
        db.session.remove()
    return named, there


def published(app, times: int) -> Any:
    """Connect acme-1 and activate so often, the group called G1, G2 … in turn; return the token."""
    token = at.connect(app, "acme-1")["acme-1"]
    at.add(app, "host-groups", "linux", "acme", title="G1")
    at.activate(app)
    for number in range(2, times + 1):
        at.rename(app, "host-groups", "linux", f"G{number}")
        at.activate(app)
    return token


def rename_ada(app) -> None:
    """Let ada have another name, which her sites get at once."""
    with at.setup(app) as (session, _pat):
        session.scalars(select(User).where(User.username == "ada")).one().rename("Ada Newname", by=None)
    work_once(app)


@pytest.fixture
def few(monkeypatch):
    """Only the two latest are kept for ever, and one row is deleted at a time."""
    monkeypatch.setattr(keeping, "LATEST", 2)
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    monkeypatch.setattr(keeping, "PAUSE", 0)


class TestWhatGoes:
    def test_once_a_day(self):
        assert jobs.schedules["setup.forget"] == 24 * 60

    def test_what_is_older_than_180_days_and_not_among_the_20_latest(self, app):
        published(app, 23)
        age(app, 179)
        forget(app)
        assert kept(app) == list(range(1, 24))
        age(app, 181, *range(2, 24))
        forget(app)
        assert kept(app) == [1, *range(4, 24)]

    def test_after_as_many_days_as_are_set(self, app, few, monkeypatch):
        monkeypatch.setitem(app.config, "SNAPSHOT_DAYS", 10)
        published(app, 4)
        age(app, 11)
        forget(app)
        assert kept(app) == [3, 4]

    def test_nothing_where_they_are_kept_for_ever(self, app, few, monkeypatch):
        monkeypatch.setitem(app.config, "SNAPSHOT_DAYS", 0)
        published(app, 4)
        age(app, 10_000)
        before = count(app, Part)
        forget(app)
        assert (kept(app), count(app, Part)) == ([1, 2, 3, 4], before)

    def test_what_a_site_fetched_and_applied_last_stays(self, app, few):
        published(app, 6)
        with at.setup(app) as (session, _pat):
            standing.fetched(session, "acme-1", 3, again=False)
            standing.reported(session, "acme-1", 2, applied=True)
        age(app, 200)
        forget(app)
        assert kept(app) == [2, 3, 5, 6]
        assert at.given(app, "acme-1", 2)["customer:acme"]["elements"]["host-groups"][0]["title"] == "G2"

    def test_each_site_has_its_own_latest(self, app, few):
        published(app, 3)
        at.connect(app, "acme-2", "beta-1")
        at.activate(app)
        with at.setup(app) as (session, pat):
            sites.move(session, at.site(session, "beta-1"), "provider", by=pat)
        at.activate(app)
        age(app, 200)
        forget(app)
        assert [kept(app, site) for site in ("acme-1", "acme-2", "beta-1")] == [[2, 3], [1], [1, 2]]

    def test_the_log_says_how_much(self, app, few, caplog):
        published(app, 4)
        age(app, 200)
        with caplog.at_level(logging.WARNING):
            forget(app)
            forget(app)
        said = [line for line in caplog.messages if line.startswith("Deleted")]
        assert said == ["Deleted 2 snapshots older than 180 days and 4 parts"]


class TestParts:
    def test_those_in_no_snapshot_go_and_all_others_stay(self, app, few):
        published(app, 4)
        rename_ada(app)
        assert kept(app) == [1, 2, 3, 4, 5]
        age(app, 200)
        named, there = parts_in_use(app)
        assert there <= named
        forget(app)
        still_named, still_there = parts_in_use(app)
        assert still_there == there & still_named
        assert len(there - still_there) == 6  # of each edit, the customer's elements and its users
        for number in kept(app):
            assert at.given(app, "acme-1", number)

    def test_those_made_within_a_day_stay(self, app, few):
        published(app, 4)
        age(app, 200)
        with app.app_context(), separate() as session:
            session.execute(update(Part).values(made_at=now() - timedelta(hours=23)))
        before = count(app, Part)
        forget(app)
        assert (kept(app), count(app, Part)) == ([3, 4], before)
        age(app, 2)
        forget(app)
        assert count(app, Part) == before - 4

    def test_one_that_was_never_in_a_snapshot_stays_while_it_is_current(self, app, few):
        published(app, 1)
        with app.app_context(), separate() as session:
            session.add(Part(name="spare", sha256="0" * 64, size=1, as_of=0, content=b"x"))
        age(app, 200)
        forget(app)
        assert count(app, Part) == 7
        with app.app_context(), separate() as session:
            session.execute(update(Part).where(Part.name == "spare").values(is_current=False))
        forget(app)
        assert count(app, Part) == 6

    def test_what_a_publication_under_way_uses_is_waited_for_on_postgresql(self, postgres, tmp_path_factory, few):
        app = House(tmp_path_factory.mktemp("kept"), postgres, name="kept").app
        published(app, 4)
        age(app, 200)
        thread = threading.Thread(target=forget, args=[app])
        with at.setup(app) as (session, pat):
            changes.hold(session)
            thread.start()
            thread.join(1)
            assert thread.is_alive()
            assert len(kept(app)) == 4
            rollback.roll_back(session, at.site(session, "acme-1"), 1, by=pat)
            publish_users(session, "acme", by=pat)
        thread.join()
        assert kept(app) == [3, 4, 5]
        for number in kept(app):
            assert at.given(app, "acme-1", number)
        with app.app_context():
            db.engine.dispose()


class TestAfterwards:
    @pytest.fixture
    def forgotten(self, app, few):
        token = published(app, 5)
        age(app, 200)
        forget(app)
        assert kept(app) == [4, 5]
        return token

    def test_the_last_is_fetched(self, app, forgotten):
        asked = {"Authorization": f"Bearer {forgotten}"}
        answer = site(app).get("/api/v1/sites/acme-1/configuration", headers=asked)
        assert answer.json["manifest"]["number"] == 5

    def test_one_that_is_kept_is_downloaded_and_rolled_back_to(self, app, forgotten, as_):
        assert as_("pat").get(f"{CHANGES}/snapshots/4.json").json["manifest"]["number"] == 4
        page = as_("pat").get(f"{CHANGES}/snapshots/4/rollback")
        form = next(form for form in page.forms.values() if form.action.endswith("/rollback"))
        assert "Snapshot 6 waits for the site" in form.submit(status=302).follow()
        assert at.given(app, "acme-1")["customer:acme"]["elements"]["host-groups"][0]["title"] == "G4"
        age(app, 200, 4, 5, 6)
        forget(app)
        assert kept(app) == [5, 6]

    def test_one_that_is_gone_is_not_found(self, app, forgotten, as_):
        for what in ("3.json", "3/rollback"):
            as_("pat").get(f"{CHANGES}/snapshots/{what}", status=404)
        with pytest.raises(Refused, match="no such snapshot"), at.setup(app) as (session, pat):
            rollback.roll_back(session, at.site(session, "acme-1"), 3, by=pat)

    def test_one_that_goes_while_its_page_is_open_is_not_found(self, app, few, as_):
        published(app, 5)
        page = as_("pat").get(f"{CHANGES}/snapshots/2/rollback")
        age(app, 200)
        forget(app)
        form = next(form for form in page.forms.values() if form.action.endswith("/rollback"))
        form.submit(status=404)
        assert kept(app) == [4, 5]

    def test_the_pages_say_that_earlier_ones_are_gone(self, app, forgotten, as_):
        page = as_("gil").get(CHANGES)
        assert "3 earlier snapshots are no longer kept." in page
        activations = as_("gil").get("/provider/changes/activations/")
        pages = [
            as_("gil").get(link["href"])
            for link in activations.html.select("td.main a")
        ]  # fmt: skip
        sentence = "The snapshot of 1 site is no longer kept."
        assert [sentence in page for page in pages] == [False, False, True, True, True]
        assert [page.html.find("h2", string="Sites") is not None for page in pages] == [True] * 5

    def test_new_setup_and_new_people_go_on_from_the_last(self, app, forgotten):
        rename_ada(app)
        assert at.people(at.given(app, "acme-1"))["ada"]["name"] == "Ada Newname"
        at.rename(app, "host-groups", "linux", "After")
        at.activate(app)
        assert kept(app) == [4, 5, 6, 7]
