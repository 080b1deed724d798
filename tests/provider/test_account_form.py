"""The form of a user in five sections (seed "User management", 2.2 to 2.6; reference, section 3)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.session_rows import SessionRow
from portal.accounts.users import User
from portal.audit.models import Event
from portal.database import db, now
from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look
from tests.programs import with_token
from tests.provider.helpers import make_colleague, make_role, post, send

LIST, NEW = "/provider/access/users/", "/provider/access/users/new"
GOOD = "otter piano lantern cloud"


def names(page):
    return [link.text for link in page.html.select("tbody .main a")]


def column(app, username, *names):
    with app.app_context():
        user = db.session.scalar(select(User).where(User.username == username))
        found = tuple(getattr(user, name) for name in names)
        db.session.remove()
    return found if len(found) > 1 else found[0]


def edit_of(app, username):
    return f"{LIST}{id_of(app, username)}/edit"


def add(as_, status=302, **fields):
    fields = {"username": "nina", "name": "Nina Noor", "authentication": "none", **fields}
    return send(as_("pat"), NEW, "account", status, **fields)


def test_a_user_is_made_without_a_password_and_nobody_is_invited(app, as_):
    page = add(as_, is_disabled=True).follow()
    assert page.html.h1.text == "Nina Noor"
    assert "Disabled" in page
    assert look(app, "nina")["state"] == "disabled"
    assert column(app, "nina", "email", "password_hash", "invited_at") == ("", None, None)
    assert not mailbox.deliver(app)


def test_an_invitation_goes_out_when_it_is_chosen_and_needs_an_address(app, as_):
    page = add(as_, 422, authentication="invitation")
    assert "An invitation needs an e-mail address." in page.html.select_one("#email-error").text
    add(as_, authentication="invitation", email="nina@provider.example")
    link = mailbox.links_in(mailbox.to(mailbox.deliver(app), "nina@provider.example")[0])[0]
    Browser(app).get(link)


def test_the_username_is_checked_and_never_changes(app, as_):
    """2.2 Identity: "The ID of a dataset — (here Username) — cannot be changed retrospectively."."""
    for bad in ("-nina", "ni na", "nina/../pat", "x" * 256, "<b>"):
        assert add(as_, 422, username=bad).html.select_one("#username-error")
    taken = add(as_, 422, username="PAT").html.select_one("#username-error").text
    assert "This username is already being used by another user." in taken
    add(as_)
    form = as_("pat").get(edit_of(app, "nina")).forms["account"]
    assert "username" not in form.fields
    as_("pat").post(edit_of(app, "nina"), {**dict(form.submit_fields()), "username": "other"}, status=302)
    assert look(app, "nina")["name"] == "Nina Noor"


def test_the_name_is_asked_for_in_the_words_people_know(as_):
    told = add(as_, 422, name="").html.select_one("#name-error").text
    assert "Please specify a full name or descriptive alias for the user." in told


def test_at_least_one_role_must_be_selected(app, as_):
    """2.3 Security: "At least one role must be selected."."""
    assert "Choose at least one role." in add(as_, 422, roles=[]).html.select_one("#roles-error").text
    add(as_, roles=["guest", "user"])
    send(as_("pat"), edit_of(app, "nina"), "account", 422, roles=[])
    with app.app_context():
        assert db.session.scalar(select(User).where(User.username == "nina")).role_ids == {"guest", "user"}
        db.session.remove()


def test_a_locked_user_remains_is_signed_out_and_still_gets_mail_of_monitoring(app, as_):
    """2.3: "It will not be able to login but will nonetheless remain in the system … automatically logged out."."""
    gil = as_("gil")
    page = send(as_("pat"), edit_of(app, "gil"), "account", 302, is_disabled=True).follow()
    assert "Gil Moreau is saved." in page
    assert "/login" in gil.get("/provider/", status=302).location
    assert names(as_("pat").get(f"{LIST}?state=disabled")) == ["Dot Gray", "Gil Moreau"]
    form = as_("pat").get(edit_of(app, "gil"))
    assert "Notifications are not affected by this setting." in form
    assert column(app, "gil", "is_muted") is False
    send(as_("pat"), edit_of(app, "gil"), "account", 302, is_disabled=False)
    Browser(app).sign_in("gil").get("/provider/")


def test_nobody_locks_deletes_or_promotes_themselves(app, as_):
    """Reference 3.1: "You cannot lock your own account!", "You cannot delete your own account!"."""
    pat, page = id_of(app, "pat"), edit_of(app, "pat")
    assert "You cannot lock your own account!" in send(as_("pat"), page, "account", 422, is_disabled=True)
    assert "You cannot lock your own account!" in post(as_("pat"), f"{LIST}{pat}/disablement", 409)
    assert "You cannot delete your own account!" in post(as_("pat"), f"{LIST}{pat}/deletion", 409)
    form = as_("pat").get(page).forms["account"]
    assert "roles" not in form.fields
    as_("pat").post(page, {**dict(form.submit_fields()), "roles": "guest"}, status=403)
    send(as_("pat"), page, "account", 302, pager="+49 40 1234")
    assert column(app, "pat", "pager") == "+49 40 1234"


def test_nobody_grants_what_they_do_not_hold(app, as_):
    make_role(app, "deputy", "guest", access__users=True, customers__people=True)
    make_colleague(app, "dee", "deputy")
    form = as_("dee").get(NEW).forms["account"]
    assert {box._value for box in form.fields["roles"]} == {"deputy", "guest"}
    values = {"username": "eve", "name": "Eve", "customer": "provider", "authentication": "none", "roles": "admin"}
    post(as_("dee"), NEW, 403, portal_role="user", which_sites="all", **values)
    page = edit_of(app, "pat")
    form = as_("dee").get(page).forms["account"]
    assert "password" not in form.fields
    as_("dee").post(page, {**dict(form.submit_fields()), "password": GOOD}, status=302)
    Browser(app).sign_in("pat")


def test_nobody_has_the_mail_of_who_may_more_sent_to_themselves(app, as_):
    """Invitations and new passwords go to that address: it is as good as the password."""
    make_role(app, "deputy", "guest", access__users=True, customers__people=True)
    make_colleague(app, "dee", "deputy")
    add(as_, authentication="invitation", email="nina@provider.example", roles=["admin"])
    for username in ("pat", "nina"):
        form = as_("dee").get(edit_of(app, username)).forms["account"]
        assert "email" not in form.fields
        as_("dee").post(
            edit_of(app, username), {**dict(form.submit_fields()), "email": "dee@provider.example"}, status=302
        )
        assert column(app, username, "email").startswith(username)
        path = f"users/{id_of(app, username)}"
        dee = with_token(app, "dee")
        tag = dee.get(f"/api/v1/{path}").headers["ETag"]
        dee.patch_json(f"/api/v1/{path}", {"email": "mallory@dee.example"}, headers={"If-Match": tag}, status=403)
    assert not [mail for mail in mailbox.deliver(app) if "dee" in str(mail["To"])]
    send(as_("dee"), edit_of(app, "gil"), "account", 302, email="gil.moreau@provider.example")


def test_who_may_not_change_a_password_is_not_told_to(app, as_):
    values = {"username": "nina", "name": "Nina", "authentication": "password", "password": GOOD, "roles": ["guest"]}
    form = as_("pat").get(NEW).forms["account"]
    for name, value in {**values, "must_change_password": True}.items():
        form[name] = value
    assert "The roles do not let this person change a password." in form.submit(status=422)
    assert look_for(app, "nina") is None


def test_a_password_is_thrown_by_the_dice_and_must_be_changed_first(app, as_):
    form = as_("pat").get(NEW).forms["account"]
    form["username"], form["name"], form["authentication"], form["must_change_password"] = (
        "nina",
        "Nina",
        "password",
        True,
    )
    form["roles"] = ["user"]
    thrown = form.submit("dice", status=200)
    assert look_for(app, "nina") is None
    password = thrown.forms["account"]["password"].value
    assert len(password) >= 20
    thrown.forms["account"].submit(status=302)
    nina = Browser(app).sign_in("nina", password)
    for path in ("/", "/provider/", "/profile", LIST):
        assert nina.get(path, status=302).location.endswith("/profile/password")
    change = nina.get("/profile/password").forms["change"]
    change["old_password"], change["new_password"], change["repeat"] = password, GOOD, GOOD
    change.submit(status=302)
    nina.get("/profile")
    with app.app_context():
        assert password not in str([event.data for event in db.session.scalars(select(Event))])
        db.session.remove()


def look_for(app, username):
    with app.app_context():
        found = db.session.scalar(select(User.id).where(User.username == username))
        db.session.remove()
    return found


def test_a_program_gets_a_secret_that_is_shown_once(app, as_):
    """2.3: "The Automation secret for machine accounts option is intended for accounts … controlled by scripts"."""
    page = add(as_, 200, authentication="secret", roles=["guest"])
    secret = page.html.select_one("output").text
    assert len(secret) >= 20
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in as_("pat").get(f"{LIST}{id_of(app, 'nina')}")
    assert look(app, "nina")["state"] == "active"
    form = Browser(app).get("/login").forms["login"]
    form["username"], form["password"] = "nina", secret
    form.submit(status=422)
    assert "Automation secret" in as_("pat").get(f"{LIST}?kind=machine")
    short = send(as_("pat"), edit_of(app, "nina"), "account", 422, secret="short")
    assert "Use at least 10 characters." in short


def test_fallback_notifications_need_an_address(app, as_):
    """2.5 Notifications, "Receive fallback notifications"; reference 3.1: it needs an e-mail address."""
    told = add(as_, 422, is_fallback_contact=True).html.select_one("#is_fallback_contact-error").text
    assert "enter an e-mail address" in told
    add(as_, is_fallback_contact=True, email="nina@provider.example")
    assert column(app, "nina", "is_fallback_contact") is True


def test_the_second_of_two_editors_is_told_with_both_versions(app, as_):
    page = edit_of(app, "gil")
    late = Browser(app).sign_in("pat").get(page).forms["account"]
    send(as_("pat"), page, "account", 302, pager="1")
    late["pager"] = "2"
    told = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in told
    assert told.html.select_one(".compare .differs")
    assert column(app, "gil", "pager") == "1"


def test_a_customers_person_follows_the_rules_of_the_portal(app, as_):
    """Portal role user or admin, never super user; another person's customer is not changed here."""
    form = as_("pat").get(NEW).forms["account"]
    assert [value for value, *_rest in form["portal_role"].options] == ["admin", "user"]
    add(as_, customer="acme", portal_role="admin", email="nina@acme.example", authentication="invitation")
    assert look(app, "nina")["role"] == "admin"
    assert look(app, "nina")["customer"] == "acme"
    values = dict(as_("pat").get(NEW).forms["account"].submit_fields())
    forged = {**values, "username": "eve", "name": "Eve", "customer": "acme", "authentication": "none"}
    as_("pat").post(NEW, {**forged, "portal_role": "super_user"}, status=403)
    assert "There is no active customer with this ID." in add(as_, 422, username="eve", customer="nobody")
    ada = edit_of(app, "ada")
    page = as_("pat").get(ada).forms["account"]
    assert not {"customer", "portal_role", "password"} & set(page.fields)
    post(as_("pat"), f"{LIST}{id_of(app, 'ada')}/deletion", 409)


def test_an_idle_session_ends_as_the_account_says(app, as_):
    """2.3, session idle timeout: none of one's own, off, or minutes."""
    send(as_("pat"), edit_of(app, "uma"), "account", 302, idle_minutes="1")
    uma = Browser(app).sign_in("uma")
    uma.get("/")
    age(app, "uma", minutes=2)
    assert "/login" in uma.get("/", status=302).location
    send(as_("pat"), edit_of(app, "gil"), "account", 302, idle_minutes="0")
    gil = Browser(app).sign_in("gil")
    age(app, "gil", minutes=120)
    gil.get("/provider/")
    assert send(as_("pat"), edit_of(app, "gil"), "account", 422, idle_minutes="-1").html.select_one(
        "#idle_minutes-error"
    )


def age(app, username, *, minutes):
    with app.app_context():
        for row in db.session.scalars(select(SessionRow).join(User).where(User.username == username)):
            row.last_seen_at = now() - timedelta(minutes=minutes)
        db.session.commit()
        db.session.remove()


def test_a_global_user_is_asked_for_twice_with_the_sites_they_reach(app, as_):
    """Managed services, Global users: personal views, graphs and bookmarks reach all customers' sites."""
    form = as_("pat").get(NEW).forms["account"]
    form["username"], form["name"], form["customer"], form["authentication"] = "glo", "Glo Ball", "global", "none"
    form["roles"] = ["guest"]
    asked = form.submit(status=200)
    assert "own views, own graphs, bookmarks" in asked
    assert "exceptional cases only" in asked
    assert look_for(app, "glo") is None
    asked.forms["confirm"].submit(status=302)
    assert look(app, "glo")["customer"] is None
