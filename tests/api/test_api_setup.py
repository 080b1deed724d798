"""Setup through the API: groups, passwords, roles and sites, as staff keep them."""

from __future__ import annotations

from portal.contacts.allocation import recompute
from tests.access.addresses import fill
from tests.api.client import BASE
from tests.setup.responsibility import furnish, join, permit, rule


class TestSetup:
    def test_a_password_is_taken_and_never_told(self, by):
        made = by("pat").make("passwords", id="pw", title="One", customer="acme", password="OpenSesame1")
        assert "OpenSesame1" not in made.text + by("pat").read("passwords").text
        assert by("pat").change("passwords/pw", comment="two\nlines").json["comment"] == "two\nlines"
        assert "owner" in by("pat").change("passwords/pw", 422, owner="none").json["errors"]
        assert "password" in by("pat").make("passwords", 422, id="b", title="B", customer="acme").json["errors"]
        by("pat").remove("passwords/pw")

    def test_who_only_reads_changes_nothing(self, by):
        by("gil").make("host-groups", 403, id="a", title="A", customer="provider")

    def test_a_role_is_a_clone(self, by):
        made = by("pat").make("roles", id="night", alias="Night", based_on="guest", answers={"general.act": "yes"}).json
        assert (made["based_on"], made["answers"]) == ("guest", {"general.act": "yes"})
        assert "general.act" in made["permissions"]
        changed = by("pat").change("roles/night", answers={"general.act": "default"}).json
        assert (changed["answers"], "general.act" in changed["permissions"]) == ({}, False)
        assert "answers" in by("pat").change("roles/night", 422, answers={"no.such": "yes"}).json["errors"]
        by("pat").remove("roles/night")
        by("pat").remove("roles/guest", 409)

    def test_an_own_role_is_given_another_id_and_whoever_has_it_keeps_it(self, by):
        by("pat").make("roles", id="night", alias="Night", based_on="guest")
        robot = {"name": "Robot", "username": "robot", "is_machine": True, "secret": "0123456789", "roles": ["night"]}
        who = by("pat").make("users", 201, **robot).json["id"]
        moved = by("pat").change("roles/night", id="late", alias="Late")
        assert (moved.json["id"], moved.json["alias"]) == ("late", "Late")
        assert moved.headers["Content-Location"] == "/api/v1/roles/late"
        assert moved.headers["ETag"] == by("pat").read("roles/late").headers["ETag"]
        by("pat").read("roles/night", 404)
        assert by("pat").read(f"users/{who}").json["roles"] == ["late"]
        for taken in ("admin", "matrix", "a b"):
            assert "id" in by("pat").change("roles/late", 422, id=taken).json["errors"]
        assert "id" in by("pat").change("roles/guest", 422, id="visitor").json["errors"]

    def test_a_site_is_connected_moved_and_removed(self, by):
        made = by("pat").make("sites", id="north", customer="acme", livestatus="tcp:north.example:6557").json
        assert (made["alias"], made["timeout"]) == ("north", 2000)
        assert "livestatus" in by("pat").change("sites/north", 422, livestatus="tcp:x").json["errors"]
        assert by("pat").change("sites/north", customer="beta").json["customer"] == "beta"
        by("pat").remove("sites/north")

    def test_contact_groups_of_a_single_host(self, app, by):
        fill(app)
        path = "hosts/harbour/web1/contact_groups"
        by("pat").make("contact-groups", id="linux", title="Linux", customer="acme")
        assert by("pat").change(path, contact_groups=["linux"]).json == {"contact_groups": ["linux"]}
        assert by("pat").read(path).json == {"contact_groups": ["linux"]}
        by("pat").make("contact-groups", id="far", title="Far", customer="beta")
        for wrong in ("none", "far"):  # one that is not there, one that is not on these sites
            assert "contact_groups" in by("pat").change(path, 422, contact_groups=[wrong]).json["errors"]
        assert by("pat").change(path, contact_groups=[]).json == {"contact_groups": []}
        of_service = "hosts/harbour/web1/services/cpu/contact_groups"
        assert by("pat").change(of_service, contact_groups=["linux"]).json == {"contact_groups": ["linux"]}


def test_who_edits_a_folder_alone_edits_its_hosts_and_sees_no_service(app, by):
    """As on the pages; the seed's 3.2: a folder's permission makes nobody a contact."""
    furnish(app)
    join(app, "uli", "dba")
    permit(app, "/linux/db", "dba")
    path = "hosts/acme_site/db1"
    assert by("uli").change(f"{path}/contact_groups", contact_groups=["ops"]).json == {"contact_groups": ["ops"]}
    for service in ("CPU", "none"):
        by("uli").get(f"{BASE}{path}/services/{service}/contact_groups", status=404)
        by("uli").get(f"{BASE}hosts/acme_site/web1/contact_groups", status=404)
    join(app, "uli", "ops")
    rule(app, "all", "ops")
    with app.app_context():
        recompute.recompute()
    assert by("uli").read(f"{path}/services/CPU/contact_groups").json == {"contact_groups": []}
    by("uli").change(f"{path}/services/CPU/contact_groups", 403, contact_groups=["ops"])
