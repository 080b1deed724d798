"""Why may she? Reasons for any user and permission, and everybody who holds one."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from portal.access.permissions import PERMISSIONS
from portal.access.policy import KNOWN_VERBS
from portal.access.rights import VERBS
from portal.access.roles import every
from portal.accounts.explanations import Explainer
from portal.accounts.holders import holding, people
from portal.accounts.signed_in import reader_of
from portal.accounts.users import User, UserRole
from portal.customers.sites import Site
from portal.database import db, now
from tests.cast import EVERYBODY
from tests.provider.helpers import make_colleague, make_role

WHY = "/provider/access/why"


def reasons(page):
    return [line.text for line in page.html.select("main section.card li")]


def answer(page):
    return page.html.select_one("main section.card .badge").text


def make_site(app, customer="acme"):
    with app.app_context():
        Site.create(
            db.session(), id=f"{customer}-site", alias="A site", customer_id=customer, livestatus="unix:/none", by=None
        )
        db.session.commit()
        db.session.remove()


def settle(app, username, **values):
    with app.app_context():
        db.session.execute(update(User).where(User.username == username).values(**values))
        db.session.commit()
        db.session.remove()


def test_the_reason_is_the_role_and_where_it_has_its_answer_from(app, as_):
    make_role(app, "night", "user", audit__read=True)
    make_role(app, "deep", "night", general__act=False)
    make_colleague(app, "nia", "deep", "guest")

    def ask(permission):
        page = as_("pat").get(f"{WHY}?user=nia&permission={permission}")
        return answer(page), reasons(page)

    assert ask("audit.read") == ("✓ yes", [
        "Deep: default (yes), as set in Night (Deep → Night).", "Guest user: default (yes) of this built-in role.",
    ])  # fmt: skip
    assert ask("general.act") == ("✕ no", [
        "Deep: no, set in the role itself.", "Guest user: default (no) of this built-in role.",
    ])  # fmt: skip
    assert ask("monitoring.views") == ("✓ yes", [
        "Deep: default (yes), from the built-in role Normal monitoring user (Deep → Night → Normal monitoring user).",
        "Guest user: default (no) of this built-in role.",
    ])  # fmt: skip
    page = as_("pat").get(f"{WHY}?user=pat&permission=access.roles")
    assert reasons(page) == [
        "Administrator: yes. Administrator always keeps this, so that nobody is locked out."
    ]  # fmt: skip


def test_who_switched_on_only_their_own_sees_no_more_whatever_roles_grant(app, as_):
    settle(app, "gil", sees_only_own=True)
    page = as_("pat").get(f"{WHY}?user=gil&permission=general.see_all")
    assert answer(page) == "✕ no"
    assert reasons(page) == [
        "Only what they are a contact for is shown, as their settings say, whatever roles grant.",
        "Guest user: default (yes) of this built-in role.",
    ]


def test_a_customers_person_needs_a_site_and_gets_the_default_role(app, as_):
    page = as_("pat").get(f"{WHY}?user=ada&permission=general.act")
    assert answer(page) == "✕ no"
    assert reasons(page)[0] == "The company has no monitoring site, and roles speak of monitoring alone."
    make_site(app)
    page = as_("pat").get(f"{WHY}?user=ada&permission=general.act")
    assert answer(page) == "✓ yes"
    assert reasons(page) == [
        "No role was given, so the default role counts.", "Normal monitoring user: default (yes) of this built-in role."
    ]  # fmt: skip
    page = as_("pat").get(f"{WHY}?user=ada&permission=customers.read")
    assert reasons(page) == ["This belongs to the provider’s door, which opens to staff alone."]


def test_portal_roles_and_rights_are_told_too(as_):
    def ask(user, verb):
        page = as_("pat").get(f"{WHY}?user={user}&permission={verb}")
        return answer(page), *reasons(page)

    assert ask("ada", "commercial.read") == ("✓ yes", "Portal role Super User.")
    assert ask("ugo", "commercial.read") == ("✕ no", "Portal role User does not bring it.")
    assert ask("pat", "commercial.read") == ("✕ no", "This belongs to the customers’ door, which staff do not use.")
    assert ask("ada", "downloads.use")[1].startswith("The right “Download & License Checkmk”")
    assert ask("ada", "monitoring.own") == (
        "✕ no", "Portal role Super User would, but the company has no monitoring site."
    )  # fmt: skip


def verbs_of(person):
    reader = reader_of(db.session(), person.id)
    return reader.verbs if reader else None


@pytest.mark.parametrize("with_sites", [False, True])
def test_reasons_and_holders_agree_with_what_people_hold(app, with_sites):
    """For everybody and every verb there is: the reasons, the list of holders and a session say the same."""
    make_role(app, "night", "guest", audit__read=False, general__act=True)
    make_colleague(app, "nia", "night", "user")
    settle(app, "gil", sees_only_own=True)
    if with_sites:
        make_site(app)
        make_site(app, "beta")
        settle(app, "uma", sees_only_own=True)
    with app.app_context():
        session = db.session()
        ids = dict(session.execute(select(User.username, User.id)).all())
        session.add(UserRole(user_id=ids["alan"], role_id="guest"))
        session.add(UserRole(user_id=ids["uma"], role_id="admin"))
        session.commit()
        rows = session.execute(people()).all()
        assert {row.username for row in rows} >= set(EVERYBODY)
        explainer = Explainer(every(session))
        holders = {
            verb: {row.id for row in session.execute(people().where(holding(session, verb)))} for verb in KNOWN_VERBS
        }
        for row in rows:
            held = verbs_of(row)
            if held is None:
                continue
            assert {one.verb for one in explainer.explain(row, KNOWN_VERBS) if one.is_held} == held, row.username
            assert {verb for verb in KNOWN_VERBS if row.id in holders[verb]} == held, row.username
        db.session.remove()


def test_everybody_who_holds_a_permission_is_listed_page_by_page(app, as_, statements):
    for number in range(30):
        make_colleague(app, f"nia{number:02}", "guest")
    make_colleague(app, "zoe", "guest")
    settle(app, "zoe", disabled_at=now())
    page = as_("pat").get(f"{WHY}?permission=audit.read")
    names = [link.text for link in page.html.select(".main a")]
    while page.html.select_one("[rel=next]"):
        page = as_("pat").get(page.html.select_one("[rel=next]")["href"])
        names += [link.text for link in page.html.select(".main a")]
    assert sorted(names) == sorted(["Pat Lindner", "Gil Moreau", "Zoe", *(f"Nia{number:02}" for number in range(30))])
    row = next(row for row in page.html.select("tbody tr") if "Zoe" in row.text)
    assert "Disabled" in row.text
    assert "Guest user: default (yes) of this built-in role." in row.text
    statements.clear()
    as_("pat").get(f"{WHY}?permission=audit.read")
    assert len(statements) == 8
    statements.clear()
    as_("pat").get(f"{WHY}?permission=commercial.read")
    assert len(statements) <= 8


def test_everything_somebody_may_is_listed_with_its_reason(as_):
    page = as_("gil").get(f"{WHY}?user=pat")
    assert len(page.html.select("main tbody tr")) == len(PERMISSIONS)
    page = as_("gil").get(f"{WHY}?user=ada")
    told = {row.select_one(".second").text for row in page.html.select("main tbody tr")}
    assert told >= set(VERBS) | {"general.act", "general.edit_profile"}
    assert "customers.read" not in told


def test_a_name_leads_to_whoever_has_it(as_):
    assert answer(as_("pat").get(f"{WHY}?user=moreau&permission=audit.read")) == "✓ yes"
    page = as_("pat").get(f"{WHY}?user=o&permission=audit.read")
    assert "Whom do you mean?" in page
    assert answer(page.click("Gil Moreau")) == "✓ yes"


def test_nobody_and_nothing_by_that_name_is_a_404_that_says_so(as_):
    assert "There is no user “nobody”." in as_("pat").get(f"{WHY}?user=nobody", status=404)
    assert "There is no permission “wato.edit”." in as_("pat").get(f"{WHY}?permission=wato.edit", status=404)
    as_("pat").get(f"{WHY}?user=%00&permission=%00")


def test_whom_one_may_not_see_one_cannot_ask_about(app, as_):
    make_role(app, "doorman", "guest", customers__read=False)
    make_colleague(app, "dee", "doorman")
    as_("dee").get(f"{WHY}?user=ada", status=404)
    assert not as_("dee").get(f"{WHY}?permission=commercial.read").html.select(".main a")
    as_("ada").get(WHY, status=404)
