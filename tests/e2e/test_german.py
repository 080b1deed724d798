"""Every page in German, whose words are longer."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.accounts.users import User
from portal.database import db
from tests.e2e.chromium import Visitor
from tests.e2e.inspection import glance, inspect
from tests.e2e.places import pages
from tests.e2e.portal import close

PEOPLE = ("ada", "pat")


@pytest.fixture(scope="module")
def german(window, changeable):
    """The windows of two who read German."""
    app = changeable.app()
    with app.app_context():
        db.session.execute(update(User).where(User.username.in_(PEOPLE)).values(language="de"))
        db.session.commit()
    close(app)
    windows = {name: Visitor(window, changeable.address).sign_in(name) for name in PEOPLE}
    yield windows
    for visitor in windows.values():
        visitor.close()


@pytest.mark.parametrize(
    ("person", "row"),
    [pytest.param(person, row, id=f"{person} {row.address}") for person in PEOPLE for row in pages(person)],
)
def test_page_has_room_for_german(german, places, person, row):
    visitor = german[person]
    page = visitor.open(places.address(row))
    assert page.locator("html").get_attribute("lang") == "de"
    glance(visitor)


def test_a_stranger_who_reads_german(enter):
    visitor = enter(locale="de-DE")
    page = visitor.open("/login")
    assert page.locator("h1").inner_text() == "Anmelden"
    inspect(visitor)
