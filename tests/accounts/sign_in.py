"""How the tests of the door sign in."""

from portal.accounts.users import User
from portal.database import db
from tests.cast import PASSWORD

WRONG = "The name or the password is not right."


def attempt(browser, username, password=PASSWORD, *, status=422, next="", remember=False, **more):
    page = browser.get("/login", {"next": next} if next else None)
    form = page.forms["login"]
    form["username"], form["password"], form["remember"] = username, password, remember
    return form.submit(status=status, **more)


def person(app, username):
    with app.app_context():
        return db.session.query(User).filter_by(username_key=username).one()
