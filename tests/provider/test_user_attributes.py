"""Custom attributes of users, contact groups and chosen sites, and what of all this the sites get."""

from __future__ import annotations

from sqlalchemy import select

from portal.contacts.authorization import AuthorizedSite
from portal.database import db
from tests.people.helpers import id_of
from tests.provider.helpers import post, send
from tests.setup.people import changes, connect, contact_group, groups, profile, published

ATTRIBUTES = "/provider/access/attributes/"
LIST = "/provider/access/users/"


def attribute(as_, id="room", status=302, **fields):
    fields = {"id": id, "title": id.capitalize(), "topic": "identity", **fields}
    return send(as_("pat"), f"{ATTRIBUTES}new", "attribute", status, **fields)


def edit_of(app, username):
    return f"{LIST}{id_of(app, username)}/edit"


def test_an_attribute_has_a_fixed_id_and_becomes_a_field_and_a_column(app, as_):
    assert "Room" in attribute(as_, is_shown=True).follow()
    assert "id" not in as_("pat").get(f"{ATTRIBUTES}room").forms["attribute"].fields
    send(as_("pat"), edit_of(app, "gil"), "account", 302, attribute_room="4.17")
    page = as_("pat").get(f"{LIST}?q=moreau")
    assert "Room" in [heading.text for heading in page.html.select("thead th")]
    assert "4.17" in page.html.select_one("tbody tr").text
    assert "4.17" in as_("pat").get("/provider/access/users.csv?q=moreau")
    assert "4.17" in as_("gil").get(f"{LIST}{id_of(app, 'gil')}")


def test_ids_that_would_collide_are_refused(as_):
    attribute(as_)
    for bad in ("ROOM", "email", "9lives", "no way", "new"):
        assert attribute(as_, bad, 422, title="T").html.select_one("#id-error")


def test_a_deleted_attribute_takes_its_values_along(app, as_):
    attribute(as_)
    send(as_("pat"), edit_of(app, "gil"), "account", 302, attribute_room="4.17")
    post(as_("pat"), f"{ATTRIBUTES}room/deletion", 302)
    attribute(as_)
    assert "4.17" not in as_("pat").get(edit_of(app, "gil"))


def test_sites_get_what_notifications_may_use_at_once_and_nothing_else(app, as_, monkeypatch):
    """Section 7: "following each change the new settings will be immediately passed on to all slave … instances"."""
    connect(app, "acme-1", "acme")
    attribute(as_, "phone", is_notified=True)
    attribute(as_, "salary")
    published(app, monkeypatch)
    send(
        as_("pat"), edit_of(app, "uma"), "account", 302,
        attribute_phone="1234", attribute_salary="secret", pager="+49 40 1", is_fallback_contact=True, is_muted=True,
    )  # fmt: skip
    assert published(app, monkeypatch) == ["acme"]
    got = profile(app, "acme", "uma")
    assert got["attributes"] == {"phone": "1234"}
    assert (got["pager"], got["is_fallback_contact"]) == ("+49 40 1", True)
    assert got["muted"] == {"from": None, "until": None}
    assert "secret" not in str(got)
    assert {"pager", "attributes", "is_muted"} <= {name for change in changes(app) for name in change.data}


def test_chosen_sites_are_the_persons_own_and_reach_them(app, as_):
    """2.2: "Via Authorized sites you can optionally restrict access to specific existing sites."."""
    connect(app, "acme-1", "acme")
    connect(app, "acme-2", "acme")
    connect(app, "beta-1", "beta")
    page = edit_of(app, "uma")
    told = send(as_("pat"), page, "account", 422, which_sites="chosen")
    assert "Choose at least one site, or all of them." in told
    form = as_("pat").get(page).forms["account"]
    form["which_sites"] = "chosen"
    form.fields["sites"][0].value = "beta-1"
    assert "no site with the ID “beta-1” for this person" in form.submit(status=422)
    form.fields["sites"][0].value = "acme-2"
    form.submit(status=302)
    assert profile(app, "acme", "uma")["authorized_sites"] == ["acme-2"]
    assert "acme-2" in as_("pat").get(f"{LIST}?q=uma").html.select_one("tbody tr").text
    send(as_("pat"), page, "account", 302, which_sites="all")
    with app.app_context():
        assert db.session.scalars(select(AuthorizedSite)).all() == []
        db.session.remove()


def test_a_contact_group_of_another_customer_is_not_joined(app, as_):
    """2.4: "As soon as a user is allocated to one or more contact groups it will become a contact."."""
    contact_group(app, "linux", "acme")
    contact_group(app, "windows", "beta")
    form = as_("pat").get(edit_of(app, "uma")).forms["account"]
    form.fields["groups"][0].value, form.fields["groups"][1].value = "linux", "windows"
    assert "The contact group Windows is another customer’s." in form.submit(status=422)
    form.fields["groups"][1].value = ""
    form.submit(status=302)
    assert groups(app, "uma") == ["linux"]
    ids = [id_of(app, name) for name in ("uma", "ugo", "bob")]
    page = post(as_("pat"), f"{LIST}many", 200, act="join", group="linux", ids=ids)
    wont = page.html.select_one("#wont").text
    assert "Is in this contact group already." in wont
    assert "is another customer’s" in wont
    page.forms["confirm"].submit(status=302)
    assert groups(app, "ugo") == ["linux"]
