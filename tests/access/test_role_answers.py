"""How roles come to their answers: the seed's "User management", section 6, sentence by sentence."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.access import roles
from portal.access.permissions import PERMISSIONS
from portal.access.roles import BUILT_IN, KEPT, Role, RoleAnswer
from portal.access.wording import SECTIONS, section_of, sections
from portal.database import db


def role(id, source=None, **answers):
    """Return a role that no database knows; "__" stands for the dot in the names of permissions."""
    found = Role(id=id, alias=id.capitalize(), based_on=source)
    found.answers = [RoleAnswer(permission=name.replace("__", "."), granted=said) for name, said in answers.items()]
    return found


def test_any_role_that_grants_suffices(app):
    """6.1 (and DESIGN.md): roles add up; an explicit no of one takes nothing from what another grants."""
    with app.app_context():
        db.session.add(role("mute", db.session.get(Role, "guest"), general__act=False))
        db.session.commit()
        stamp = db.session.scalar(select(roles.stamp()))
        held = roles.permissions_of(db.session(), ["mute", "user"], stamp=stamp)
        assert "general.act" in held  # user
        assert "general.see_all" in held  # mute, from guest
        assert "general.act" not in roles.permissions_of(db.session(), ["mute"], stamp=stamp)
        db.session.remove()


@pytest.mark.parametrize(
    ("id", "granted", "refused"),
    [
        # 6.1 admin: "All permissions — notably the authority to change permissions."
        ("admin", sorted(PERMISSIONS), []),
        # 6.1 user: "May only view its own hosts and services ... and in general is not permitted to do anything that
        # affects other users."
        ("user", ["general.use", "general.act", "action.acknowledge"],
         ["general.see_all", "access.users", "access.roles", "setup.edit", "customers.read"]),
        # 6.1 guest: "May see everything but change nothing."
        ("guest", ["general.see_all", "customers.read", "access.read", "setup.read"],
         ["general.act", "general.edit_profile", "access.roles", "setup.edit", "action.downtimes"]),
    ],
)  # fmt: skip
def test_three_roles_are_predefined(id, granted, refused):
    held = role(id).permissions
    assert held.issuperset(granted)
    assert not held & set(refused)


def test_yes_and_default_yes_make_no_difference_at_first():
    """6.2: "at first it makes no difference whether you set them to yes or default (yes)"."""
    assert role("user", general__act=True).permissions == role("user").permissions


def test_what_is_set_explicitly_is_not_affected_by_another_default(monkeypatch):
    """6.2: "Explicitly made settings will not be affected by such a change."."""
    plain, set_ = role("user"), role("user", general__act=True)
    monkeypatch.setitem(
        PERMISSIONS, "general.act", PERMISSIONS["general.act"].__class__("general.act", "", "", frozenset())
    )
    assert not plain.grants("general.act")
    assert set_.grants("general.act")


def test_a_clone_follows_its_source_through_any_depth():
    """6.3: "those that remain set to default — will be inherited from the original role. Subsequent changes to the
    source role will then be passed on."."""
    source = role("user")
    last = source
    for number in range(60):
        last = role(f"copy{number}", last)
    assert last.permissions == source.permissions
    source.answers = [RoleAnswer(permission="audit.read", granted=True)]
    assert last.grants("audit.read")
    answer = last.answers_to(["audit.read"])["audit.read"]
    assert (answer.role_id, len(answer.through)) == ("user", 61)
    assert answer.through[0] == "copy59"


def test_a_clone_answers_for_itself_what_it_sets():
    """6.3: the clone's explicit answers are its own, whatever its source says later."""
    source = role("user")
    clone = role("night", source, general__act=False, audit__read=True)
    source.answers = [
        RoleAnswer(permission="general.act", granted=True),
        RoleAnswer(permission="audit.read", granted=False),
    ]
    assert not clone.grants("general.act")
    assert clone.grants("audit.read")
    assert not clone.defaults_of(["audit.read"])["audit.read"].is_granted


def test_a_new_permission_is_preset_in_every_clone(monkeypatch):
    """6.3: "Because your own roles have been derived from one of these three, the new permission will be automatically
    preset to a sensible value."."""
    clone = role("night", role("user"))
    fresh = PERMISSIONS["general.act"].__class__("general.fresh", "Fresh", "", frozenset({"user"}))
    monkeypatch.setitem(PERMISSIONS, "general.fresh", fresh)
    assert clone.grants("general.fresh")
    assert not role("watcher", role("guest")).grants("general.fresh")


def test_a_circle_or_a_lost_source_ends_and_grants_only_what_is_set():
    one, other = role("one", general__act=True), role("other", audit__read=True)
    one.based_on, other.based_on = other, one
    assert one.permissions == other.permissions == {"general.act", "audit.read"}
    own = role("own", access__read=True)
    own.based_on = own
    assert own.permissions == {"access.read"}
    assert role("lost", None, audit__read=True).permissions == {"audit.read"}


@given(
    st.lists(st.integers(0, 9), min_size=10, max_size=10),
    st.lists(st.sampled_from([True, False, None]), min_size=10, max_size=10),
)
def test_however_roles_are_linked_each_has_an_answer(links, answers):
    found = [
        role(f"r{number}", None, **({} if said is None else {"general__act": said}))
        for number, said in enumerate(answers)
    ]
    found[0].id = "user"
    for one, link in zip(found, links, strict=True):
        one.based_on = found[link]
    for number, one in enumerate(found):
        seen, at = set(), number
        while at not in seen and answers[at] is None and at != 0:
            seen.add(at)
            at = links[at]
        expected = answers[at] if answers[at] is not None else at == 0  # `user` grants by default
        assert one.grants("general.act") is expected


def test_administrators_always_keep_what_lets_them_in_again():
    admin = role("admin", **{name.replace(".", "__"): False for name in PERMISSIONS})
    assert admin.permissions == KEPT["admin"]
    assert admin.permissions >= {"general.use", "access.users", "access.roles", "access.read"}
    assert role("deputy", admin).permissions == KEPT["admin"]
    assert "access.roles" not in role("deputy", admin, access__roles=False).permissions


def test_a_permission_that_no_longer_exists_grants_nothing():
    old = role("old", role("user"), wato__edit=True)
    assert not old.grants("wato.edit")
    assert old.permissions == role("user").permissions


def test_every_permission_has_a_section_words_and_known_defaults():
    for permission in PERMISSIONS.values():
        assert section_of(permission.name) in SECTIONS
        assert str(permission.title)
        assert str(permission.help)
        assert permission.defaults <= BUILT_IN.keys()
        assert "admin" in permission.defaults
    shown = [permission.name for section in sections() for permission in section.permissions]
    assert sorted(shown) == sorted(PERMISSIONS)
    titles = [str(permission.title) for permission in PERMISSIONS.values()]
    assert len(titles) == len(set(titles))


def stamp_of(app):
    with app.app_context():
        found = db.session.scalar(select(roles.stamp()))
        db.session.remove()
    return found


def test_the_stamp_is_another_after_every_change(app):
    seen = [stamp_of(app)]

    def after(act):
        with app.app_context():
            act(db.session)
            db.session.commit()
            db.session.remove()
        seen.append(stamp_of(app))

    def change(**values):
        def act(session):
            night = session.get(Role, "night")
            for name, value in values.items():
                setattr(night, name, value)
            session.flush()

        return act

    after(lambda session: session.add(role("night", session.get(Role, "user"))))
    after(change(answers=[RoleAnswer(permission="audit.read", granted=True)]))
    after(lambda session: setattr(session.get(RoleAnswer, ("night", "audit.read")), "granted", False))
    after(change(answers=[]))
    after(change(alias="Nights"))
    after(lambda session: session.delete(session.get(Role, "night")))
    assert len(set(seen)) == len(seen) == 7


def test_a_stamp_that_was_rolled_back_never_comes_again(app):
    with app.app_context():
        drawn = []
        for _time in range(2):
            roles.hold(db.session)
            drawn.append(db.session.scalar(select(roles.stamp())))
            db.session.rollback()
        db.session.remove()
    assert drawn[0] != drawn[1]
    assert stamp_of(app) not in drawn


def test_a_hundred_roles_are_resolved_in_no_time():
    last, found = role("user", audit__read=True), []
    for number in range(100):
        last = role(f"copy{number}", last)
        found.append(last)
    start = time.process_time()
    assert all(one.grants("audit.read") for one in found)
    sum(len(one.permissions) for one in found)
    assert time.process_time() - start < 2
