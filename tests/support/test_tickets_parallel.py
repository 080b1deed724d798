"""Two people, or two clicks, at the same moment: every answer is kept, and one form counts once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.database import db
from tests.browser import Browser
from tests.conftest import House
from tests.factories.tickets import opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    house = House(tmp_path_factory.mktemp("answers"), server, name="answers")
    yield house.app
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(acts: list[Callable[[], int]]) -> Counter[int]:
    start, got = threading.Barrier(len(acts)), []

    def run(act: Callable[[], int]) -> None:
        start.wait()
        got.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(got)


def sends(browser: Browser, id: str, **fields: str) -> Callable[[], int]:
    token = browser.get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    return lambda: browser.post(
        f"/support/tickets/{id}/messages", {"csrf_token": token, **fields}, status="*"
    ).status_int  # fmt: skip


def said(app: Any, id: str) -> list[str]:
    page = Browser(app).sign_in("ada").get(f"/support/tickets/{id}")
    return sorted(part.text.strip() for part in page.html.select(".written"))


def test_everybodys_answer_is_kept(portal):
    id = opened(portal, description="First")
    people = ["ada", "alan", "uma", "ada", "alan", "uma"]
    acts = [sends(Browser(portal).sign_in(name), id, body=f"Answer {at}") for at, name in enumerate(people)]
    assert at_once(acts) == {302: 6}
    assert said(portal, id) == [*(f"Answer {at}" for at in range(6)), "First"]


def test_one_form_sent_by_two_clicks_is_one_answer(portal):
    id = opened(portal, description="First")
    acts = [sends(Browser(portal).sign_in("uma"), id, body="Once", key="one-form") for _click in range(4)]
    assert at_once(acts) == {302: 4}
    assert said(portal, id) == ["First", "Once"]
