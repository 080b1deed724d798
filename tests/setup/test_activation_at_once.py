"""Activations at once, killed in the middle, overtaken by edits, and of many sites: all of it or nothing."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from portal.database import db
from portal.errors import Refused
from portal.jobs import work_once
from portal.setup import sites
from portal.setup.distribution import activation, rollback
from portal.setup.distribution.activation import Activation, Broken
from portal.setup.distribution.parts import Part
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.distribution.users_only import publish_users
from tests.house import House
from tests.setup import sites as at
from tests.setup.people import contact_group, join
from tests.setup.sites import count


@pytest.fixture
def connected(app):
    at.connect(app, "acme-1", "acme-2", "beta-1", "provider-1")
    return app


class TestAllOrNone:
    def test_two_at_once(self, connected):
        at.add(connected, "host-groups", "linux", "acme")
        outcomes = race(connected)
        assert sorted(outcomes) == ["Nothing waits to be activated there. Somebody else may just have done it.", "done"]
        assert count(connected, Snapshot) == 4

    def test_two_at_once_on_postgresql(self, postgres, tmp_path_factory):
        house = House(tmp_path_factory.mktemp("race"), postgres, name="race")
        at.connect(house.app, "acme-1", "beta-1")
        assert len({*race(house.app)}) == 2
        assert count(house.app, Snapshot) == 2
        with house.app.app_context():
            db.engine.dispose()

    def test_while_a_site_is_moved_neither_waits_for_the_other_on_postgresql(self, postgres, tmp_path_factory):
        app = House(tmp_path_factory.mktemp("moved"), postgres, name="moved").app
        at.connect(app, "acme-1", "acme-2", "acme-3")
        for element in ("linux", "windows"):
            at.activate(app)
            at.add(app, "host-groups", element, "acme")
        deeds_of_others = {
            "acme-1": lambda session, pat: publish_users(session, "acme", by=pat),
            "acme-2": lambda session, pat: rollback.roll_back(session, at.site(session, "acme-2"), 1, by=pat),
            "acme-3": None,
        }
        for site_id, deed in deeds_of_others.items():
            outcomes: list[str] = []

            def publish(deed: Any = deed, outcomes: list[str] = outcomes) -> None:
                try:
                    if deed is None:
                        at.activate(app)
                    else:
                        with at.setup(app) as (session, pat):
                            deed(session, pat)
                    outcomes.append("done")
                except Refused:
                    outcomes.append("refused")

            thread = threading.Thread(target=publish)
            with at.setup(app) as (session, pat):
                sites.move(session, at.site(session, site_id), "beta", by=pat)
                session.flush()
                thread.start()
                thread.join(0.5)
            thread.join()
            assert outcomes == ["refused" if site_id == "acme-2" else "done"]
        with app.app_context():
            db.engine.dispose()

    def test_what_changes_while_it_is_built_is_in_it(self, connected, monkeypatch):
        built = activation.building.build

        def slowly(session: Any, rows: Any) -> Any:
            found = built(session, rows)
            if not session.info.get("late") and count(connected, Activation) == 0:
                monkeypatch.setattr(activation.building, "build", built)
                at.add(connected, "host-groups", "late", "acme")
            return found

        monkeypatch.setattr(activation.building, "build", slowly)
        at.activate(connected)
        assert at.ids(at.given(connected, "acme-1"), "host-groups") == ["late"]

    def test_while_others_never_stop_it_makes_them_wait(self, connected, monkeypatch):
        monkeypatch.setattr(activation, "_check", moved)
        at.activate(connected)
        assert at.last(connected, "acme-1")["number"] == 1

    def test_killed_in_the_middle_it_leaves_nothing(self, connected, house):
        before = count(connected, Part), count(connected, Snapshot), count(connected, Activation)
        with connected.app_context():
            db.session.remove()
            db.engine.dispose()
        child = os.fork()
        if child == 0:  # pragma: no cover - another process
            activation.publish = lambda *_arguments: os._exit(9)  # type: ignore[assignment]
            at.activate(connected)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert (count(connected, Part), count(connected, Snapshot), count(connected, Activation)) == before
        at.activate(connected)
        assert at.last(connected, "acme-1")["number"] == 1

    def test_one_broken_site_holds_all_back(self, connected):
        contact_group(connected, "ours", "acme")
        join(connected, "bea", "ours")
        with pytest.raises(Broken):
            at.activate(connected)
        assert count(connected, Snapshot) == 0
        at.activate(connected, "acme-1")
        assert at.last(connected, "acme-1")["number"] == 1


class TestByAJob:
    def test_many_sites_are_put_in_line(self, app, as_):
        at.connect(app, *(f"acme-{number}" for number in range(26)))
        answer = as_("pat").get("/provider/changes/").forms["activation"].submit(status=302)
        page = answer.follow()
        assert "In line" in page
        assert count(app, Snapshot) == 0
        work_once(app)
        assert count(app, Snapshot) == 26
        page = as_("pat").get(page.request.path)
        assert "Done" in page
        assert "26 sites" in page

    def test_one_that_another_worker_has_done_meanwhile_stays_done(self, app, as_, monkeypatch):
        at.connect(app, *(f"acme-{number}" for number in range(26)))
        page = as_("pat").get("/provider/changes/").forms["activation"].submit(status=302).follow()
        activate = activation.activate

        def twice(*arguments: Any, **more: Any) -> Any:
            activate(*arguments, **more)
            return activate(*arguments, **more)

        monkeypatch.setattr(activation, "activate", twice)
        work_once(app)
        page = as_("pat").get(page.request.path)
        assert "Done" in page
        assert "Refused" not in page

    def test_one_that_is_refused_says_so(self, app, as_):
        at.connect(app, *(f"acme-{number}" for number in range(26)))
        contact_group(app, "theirs", "beta")
        join(app, "ada", "theirs")
        page = as_("pat").get("/provider/changes/").forms["activation"].submit(status=302).follow()
        work_once(app)
        page = as_("pat").get(page.request.path)
        assert "Refused" in page
        assert "which is not released to this site" in page
        assert count(app, Snapshot) == 0


def race(app: Any) -> list[str]:
    """Activate twice at once; return what each is told."""
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def one() -> None:
        gate.wait()
        try:
            at.activate(app)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.sentence)

    threads = [threading.Thread(target=one) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def moved(*_arguments: Any) -> None:
    raise activation._Moved
