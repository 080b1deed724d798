"""How the tests of one-time links use them."""

from portal.accounts.users import User
from portal.audit.models import Event
from portal.database import db
from tests.browser import Browser
from tests.cast import PASSWORD

NEW = "otter piano lantern cloud"
ADDRESS = {"ada": "ada.arnold@acme.example", "uma": "uma.dietrich@acme.example", "vic": "vic@acme.example"}


def choose(browser, path, password=NEW, repeat=None, *, status=302):
    form = browser.get(path).forms["choose"]
    form["password"], form["repeat"] = password, password if repeat is None else repeat
    return form.submit(status=status)


def signs_in(app, name, password=PASSWORD, address="203.0.113.1"):
    form = Browser(app).get("/login").forms["login"]
    form["username"], form["password"] = name, password
    return form.submit(status="*", extra_environ={"REMOTE_ADDR": address}).status_int == 302


def tags(app, name):
    with app.app_context():
        user = db.session.query(User).filter_by(username_key=name).one()
        return {event.tag for event in db.session.query(Event).filter_by(subject_id=user.id)}
