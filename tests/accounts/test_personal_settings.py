"""What people change about themselves (seed "User management", 2.6 and 7): by permission, and no more than theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.attributes import CustomAttribute
from portal.accounts.grants import UserRole
from portal.accounts.users import User
from portal.database import db
from tests.browser import Browser


def change(app, username, **values):
    with app.app_context():
        user = db.session.scalar(select(User).where(User.username == username))
        for name, value in values.items():
            setattr(user, name, value)
        db.session.commit()
        db.session.remove()


def of(app, username, name):
    with app.app_context():
        found = getattr(db.session.scalar(select(User).where(User.username == username)), name)
        db.session.remove()
    return found


def save(browser, status=302, **fields):
    form = browser.get("/profile").forms["profile"]
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def test_a_theme_marks_every_page_and_needs_no_script(as_):
    page = save(as_("uma"), theme="dark").follow()
    assert page.html.html["data-theme"] == "dark"
    assert not save(as_("uma"), theme="").follow().html.html.has_attr("data-theme")


@pytest.mark.parametrize("bad", ["https://evil.example/", "//evil.example", "/nowhere/at/all", "javascript:alert(1)"])
def test_only_a_page_of_the_portal_can_be_the_first(app, as_, bad):
    assert "This is no page of the portal." in save(as_("uma"), 422, start_page=bad)
    assert of(app, "uma", "start_page") == ""


def test_one_begins_on_the_page_one_chose(app, as_):
    save(as_("uma"), start_page="/licenses/")
    form = Browser(app).get("/login").forms["login"]
    form["username"], form["password"] = "uma", "portal-demo-2026"
    assert form.submit(status=302).location.endswith("/licenses/")
    save(as_("pat"), start_page="/provider/customers/")
    assert as_("pat").get("/", status=302).location.endswith("/provider/customers/")


def test_only_who_sees_all_may_give_that_up_and_take_it_back(as_):
    """4.2: "With this you can optionally give up the ‘See all’ permission"."""
    save(as_("pat"), sees_only_own=True)
    form = as_("pat").get("/profile").forms["profile"]
    assert form["sees_only_own"].checked
    save(as_("pat"), sees_only_own=False)
    assert "sees_only_own" not in as_("uma").get("/profile").forms["profile"].fields


def test_notifications_are_switched_off_by_permission_for_a_time(app, as_):
    save(as_("pat"), is_muted=True, muted_from="2026-12-24T08:00", muted_until="2026-12-27T08:00")
    assert of(app, "pat", "muted_from").hour == 7
    told = save(as_("pat"), 422, muted_from="2026-12-28T08:00")
    assert "The end is before the beginning." in told
    form = as_("uma").get("/profile").forms["profile"]
    assert "is_muted" not in form.fields
    as_("uma").post("/profile", {**dict(form.submit_fields()), "is_muted": "y"}, status=302)
    assert of(app, "uma", "is_muted") is False


def test_an_attribute_is_ones_own_only_where_staff_say_so(app, as_):
    with app.app_context():
        for id, mine in (("room", True), ("salary", False)):
            CustomAttribute.create(db.session(), id=id, title=id, topic="personal", is_editable=mine, by=None)
        db.session.commit()
        db.session.remove()
    change(app, "uma", attributes={"salary": "low"})
    form = as_("uma").get("/profile").forms["profile"]
    assert "attribute_salary" not in form.fields
    as_("uma").post("/profile", {**dict(form.submit_fields()), "attribute_salary": "high"}, status=302)
    save(as_("uma"), attribute_room="4.17")
    assert of(app, "uma", "attributes") == {"salary": "low", "room": "4.17"}
    save(as_("uma"), attribute_room="")
    assert of(app, "uma", "attributes") == {"salary": "low"}


def test_a_customers_guest_has_no_profile_and_as_many_sessions_as_screens(app):
    """6.1: "all guests share a common account. Also useful for public status screens that hang on a wall."."""
    with app.app_context():
        user = db.session.scalar(select(User).where(User.username == "ugo"))
        user.roles = [UserRole(role_id="guest")]
        db.session.commit()
        db.session.remove()
    screens = [Browser(app).sign_in("ugo") for _number in range(8)]
    for screen in screens:
        screen.get("/")
        for path in ("/profile", "/profile/security", "/profile/password", "/profile/sessions"):
            screen.get(path, status=404)
    assert "Profile" not in [link.text for link in screens[0].get("/").html.select(".person a")]


def test_who_needs_no_address_keeps_none(app, as_):
    change(app, "pat", email="", email_key="")
    save(as_("pat"), theme="light")
    assert of(app, "pat", "theme") == "light"


def test_a_password_that_must_change_opens_nothing_else(app, as_):
    uma = as_("uma")
    change(app, "uma", must_change_password=True)
    for path in ("/", "/profile", "/licenses/", "/users/"):
        assert uma.get(path, status=302).location.endswith("/profile/password")
    assert "Until then nothing else opens." in uma.get("/profile/password")
    uma.get("/logout")
    form = uma.get("/profile/password").forms["change"]
    form["old_password"] = "portal-demo-2026"
    form["new_password"] = form["repeat"] = "otter piano lantern cloud"
    form.submit(status=302)
    uma.get("/licenses/")
