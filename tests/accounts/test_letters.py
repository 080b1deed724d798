"""Every deed tells the person it is done to; nobody is told twice, and no mail goes where nobody can read it."""

from pathlib import Path

import pytest

from portal.access.rights import PortalRole, Right
from portal.accounts import letters
from portal.accounts.hand_over import OldBecomes, appoint
from portal.accounts.requests import SuperUserRequest
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from tests.post import deliver, links_in, text_of, to

UMA = "uma.dietrich@acme.example"
BOTH = (Right.DOWNLOAD_LICENSE, Right.REQUEST_SUPPORT)


def user(name):
    return db.session.query(User).filter_by(username_key=name).one()


class By:
    """An actor as pages have one."""

    def __init__(self, user, verbs=()):
        self.id, self.name, self.customer_id, self.portal_role = user.id, user.name, user.customer_id, user.portal_role
        self.verbs, self.address = frozenset(verbs), ""


@pytest.fixture
def done(app):
    """Do something to Uma in Ada's (or Pat's) name; return what she was mailed."""

    def do(deed, by="ada", verbs=()):
        with app.app_context():
            actor = By(user(by), verbs)
            deed(user("uma"), actor)
            db.session.commit()
        return to(deliver(app), UMA)

    return do


STAFF = {"by": "pat", "verbs": ["customers.people", "customers.read"]}


@pytest.mark.parametrize(
    ("deed", "more", "subject", "says"),
    [
        (lambda u, by: u.disable(by=by), {}, "Your account was disabled", "Ada Arnold disabled your account"),
        (lambda u, by: u.delete(by=by), {}, "Your account was deleted", "Ada Arnold deleted your account"),
        (lambda u, by: u.give_role(PortalRole.ADMIN, by=by), {}, "Your role was changed", "It is now: Admin."),
        (lambda u, by: u.grant_rights([Right.DOWNLOAD_LICENSE], offered=BOTH, by=by), {}, "Your rights were changed",
         "Ada Arnold took from you: Request Support."),
        (lambda u, by: u.change_email("uma@new.example", by=by), {}, "Your e-mail address was changed",
         "to uma@new.example"),
        (lambda u, by: u.move(db.session.get(Customer, "beta"), by=by), STAFF, "Your account was moved to Beta AG",
         "Pat Lindner moved your account from Acme GmbH to Beta AG."),
    ],
)  # fmt: skip
def test_a_deed_is_told(done, deed, more, subject, says):
    (message,) = done(deed, **more)
    assert message["Subject"] == subject
    assert says in text_of(message)
    assert "Hello Uma Dietrich," in text_of(message)


def test_an_enabled_person_is_told(app, done):
    done(lambda uma, by: uma.disable(by=by))
    told = done(lambda uma, by: uma.enable(by=by))
    assert [message["Subject"] for message in told] == ["Your account was disabled", "Your account was enabled"]


def test_saving_without_a_change_tells_nobody(done):
    def nothing(uma, by):
        uma.give_role(PortalRole.USER, by=by)
        uma.grant_rights(uma.rights, offered=BOTH, by=by)
        uma.change_email(uma.email, by=by)
        uma.rename(uma.name, by=by)

    assert done(nothing) == []


def test_who_is_disabled_hears_of_that_alone(done):
    def several(uma, by):
        uma.disable(by=by)
        uma.give_role(PortalRole.ADMIN, by=by)
        uma.grant_rights([], offered=BOTH, by=by)

    assert [message["Subject"] for message in done(several)] == ["Your account was disabled"]


def test_the_portal_itself_writes_no_mail(app):
    with app.app_context():
        user("uma").disable(by=None)
        db.session.commit()
    assert deliver(app) == []


def test_a_deed_that_is_rolled_back_is_not_told(app):
    with app.app_context():
        user("uma").disable(by=By(user("ada")))
        db.session.rollback()
    assert deliver(app) == []


def test_a_letter_is_in_the_readers_language(app, done):
    with app.app_context():
        user("uma").language = "de"
        db.session.commit()
    (message,) = done(lambda uma, by: uma.disable(by=by))
    assert '<html lang="de">' in message.get_body(("html",)).get_content()


def test_an_invitation_says_who_where_and_how_long(app):
    with app.app_context():
        vic = User.create(
            db.session, name="Vic", email="vic@acme.example", customer_id="acme", portal_role=PortalRole.USER, by=None
        )
        letters.invite(db.session, vic, by="Ada Arnold")
        db.session.commit()
    (message,) = deliver(app)
    assert "Ada Arnold has invited you to join Acme GmbH in Customer Portal." in text_of(message)
    assert "Your username is vic@acme.example." in text_of(message)
    assert "6 days, once" in text_of(message)
    assert len(links_in(message)) == 1
    assert "<a href" in message.get_body(("html",)).get_content()


def test_somebody_invited_whose_address_is_corrected_is_invited_anew(app):
    with app.app_context():
        vic = User.create(
            db.session, name="Vic", email="vic@acme.example", customer_id="acme", portal_role=PortalRole.USER, by=None
        )
        letters.invite(db.session, vic, by="Ada Arnold")
        db.session.commit()
        assert letters.ask_email(db.session, vic, "victor@acme.example", by=By(user("ada"))) is False
        db.session.commit()
    old, new = deliver(app)
    assert new["To"].addresses[0].addr_spec == "victor@acme.example"
    assert links_in(new) != links_in(old)


def raised(name="alan", nominee="abe"):
    customer = db.session.get(Customer, "acme")
    return SuperUserRequest.raise_(
        db.session, customer=customer, nominee=user(nominee), reason="She retires.", by=By(user(name))
    )


def subjects(app):
    return {(m["To"].addresses[0].addr_spec.partition(".")[0], m["Subject"]) for m in deliver(app)}


def test_a_request_is_told_at_every_step(app):
    with app.app_context():
        raised().withdraw(db.session, by=By(user("alan")))
        raised().decline(db.session, reason="No evidence.", by=By(user("pat")))
        db.session.commit()
    assert subjects(app) == {
        ("ada", "Another super user was asked for"), ("alan", "Another super user was asked for"),
        ("pat", "A super-user request of Acme GmbH waits"),
        *((who, f"The super-user request was {what}") for who in ("ada", "alan", "abe")
          for what in ("withdrawn", "declined")),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "says"),
    [
        (OldBecomes.ADMIN, "Ada Arnold is an admin now."),
        (OldBecomes.DISABLED, "The account of Ada Arnold is disabled."),
    ],
)
def test_the_old_and_the_new_super_user_and_the_admins_read_the_decision(app, old, says):
    with app.app_context():
        raised().approve(db.session, old_becomes=old, by=By(user("pat")))
        db.session.commit()
    decided = [m for m in deliver(app) if m["Subject"] == "Abe Castillo is the super user of Acme GmbH"]
    assert {m["To"].addresses[0].addr_spec.partition(".")[0] for m in decided} == {"ada", "alan", "abe"}
    assert all(says in text_of(m) for m in decided)


def test_an_appointed_person_is_told(app):
    with app.app_context():
        user("bea").last_sign_in_at = None  # else only a request would change the super user
        appoint(db.session, db.session.get(Customer, "beta"), user("ben"), by=By(user("pat")))
        db.session.commit()
    assert ("ben", "You are the super user of Beta AG") in subjects(app)
    assert ("bea", "Your role was changed") in subjects(app)


def test_no_letter_lies_about_unused():
    """Each template is named by the code, and each name has both its forms."""
    folder = Path("templates/mail")
    named = "".join(path.read_text() for path in Path("portal").rglob("*.py"))
    for path in folder.glob("*.txt"):
        if path.stem != "layout":
            assert f'"{path.stem}"' in named, path
            assert path.with_suffix(".html").exists(), path
