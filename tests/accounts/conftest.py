"""Fixtures of the door's tests."""

import pytest

from portal.access.rights import PortalRole
from portal.accounts import letters
from portal.accounts.users import User
from portal.database import db
from tests.browser import Browser
from tests.post import deliver, links_in, to


@pytest.fixture
def links(app):
    """Give a way to have a link sent; returns its path: `links.invite("vic")`, `links.reset("uma")`, …"""

    class Links:
        def invite(self, name="vic"):
            with app.app_context():
                user = db.session.query(User).filter_by(email_key=f"{name}@acme.example").one_or_none()
                if user is None:
                    user = User.create(
                        db.session, name=name.title(), email=f"{name}@acme.example", customer_id="acme",
                        portal_role=PortalRole.USER, by=None,
                    )  # fmt: skip
                letters.invite(db.session, user, by="Ada Arnold")
                db.session.commit()
            return links_in(deliver(app)[-1])[0]

        def reset(self, name="uma"):
            form = Browser(app).get("/password/forgot").forms[0]
            form["username"] = name
            form.submit()
            return links_in(deliver(app)[-1])[0]

        def email(self, name="uma", address="uma@new.example"):
            with app.app_context():
                user = db.session.query(User).filter_by(username_key=name).one()
                letters.verify_email(db.session, user, address)
                db.session.commit()
            return links_in(to(deliver(app), address)[-1])[0]

    return Links()
