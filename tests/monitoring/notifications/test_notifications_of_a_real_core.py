"""A host of a real core goes down and comes back: one mail to its contact each, whoever looks and how often."""

from __future__ import annotations

import threading
import time

import pytest

from portal import jobs
from portal.monitoring import poller
from tests import post
from tests.factories.contacts import Allocation, group
from tests.factories.core import connect, reachable
from tests.monitoring.notifications.rounds import begin, log, look, rule, said, stand

HOST = "shop-web-02"


@pytest.fixture
def shop(app, core, monkeypatch):
    """A site with a real core, looked at once, and Uma the contact of one of its hosts."""
    reachable(app, monkeypatch)
    with app.app_context():
        connect("acme_hamburg", core.tcp, alias="Hamburg")
        group("web", "uma")
        given = Allocation()
        for [name] in core.rows("GET hosts\nColumns: name"):
            given.host("acme_hamburg", name, *(["web"] if name == HOST else []))
        for name, service in core.rows("GET services\nColumns: host_name description"):
            given.service("acme_hamburg", name, service, of_host=["web"] if name == HOST else [])
        stand()
    rule(app, "usual")
    assert look(app) == []  # what is wrong there is old
    yield core
    turn(app, core, 0)


def turn(app, core, state):
    """Tell the core how the host is, and wait until it knows."""
    with app.app_context():
        poller.command(core.target(), "PROCESS_HOST_CHECK_RESULT", HOST, state, "no answer" if state else "back")
    until = time.monotonic() + 10
    while core.rows(f"GET hosts\nColumns: state state_type\nFilter: name = {HOST}") != [[state, 1]]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_one_mail_when_it_goes_down_and_one_when_it_is_back(app, shop):
    turn(app, shop, 1)
    assert look(app) == [("uma", f"{HOST}: Down")]
    text = post.text_of(post.deliver(app)[-1])
    assert "no answer" in text
    assert f"http://localhost/monitoring/host?site=acme_hamburg&name={HOST}" in text
    assert look(app) == []
    turn(app, shop, 0)
    assert look(app) == [("uma", f"{HOST}: Up")]
    assert look(app) == []


def test_two_workers_tell_it_once(app, shop, monkeypatch):
    """Both are let look at the same time."""
    before = len(post.deliver(app))
    monkeypatch.setattr("portal.monitoring.notifications.watching.is_under_way", lambda _session, _job: False)
    turn(app, shop, 1)
    for _worker in range(2):
        begin(app)
    workers = [threading.Thread(target=jobs.work_once, args=(app,), kwargs={"worker": name}) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    look(app)
    mails = sorted(post.deliver(app)[before:], key=said)
    assert [said(mail) for mail in mails] == [("uma", f"{HOST}: Down")]
    assert len(log(app)) == 1
