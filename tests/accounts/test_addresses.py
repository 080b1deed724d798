"""New e-mail addresses: confirmed at the new one, announced at the old."""

from portal.accounts import letters
from portal.accounts.users import User
from portal.database import db
from tests.accounts.links import ADDRESS
from tests.browser import Browser
from tests.post import deliver, links_in, text_of, to


def test_a_new_address_counts_once_confirmed(app, as_, links):
    browser = as_("uma")
    form = browser.get("/profile").forms["profile"]
    form["email"] = "uma@new.example"
    page = form.submit(status=302).follow()
    assert "Open the link we sent to uma@new.example" in page
    assert "waits for you to open the link" in page
    assert browser.get("/profile").forms["profile"]["email"].value == ADDRESS["uma"]
    messages = deliver(app)
    (old,) = to(messages, ADDRESS["uma"])
    assert "Another e-mail address was asked for" in old["Subject"]
    assert links_in(old) == []
    (new,) = to(messages, "uma@new.example")
    (path,) = links_in(new)
    confirming = Browser(app).get(path)
    assert "uma@new.example" in confirming
    assert browser.get("/profile").forms["profile"]["email"].value == ADDRESS["uma"]
    confirming.forms[0].submit(status=302)
    assert browser.get("/profile").forms["profile"]["email"].value == "uma@new.example"
    assert "waits" not in browser.get("/profile")


def test_a_change_of_address_can_be_taken_back(app, as_, links):
    path = links.email("uma")
    browser = as_("uma")
    page = browser.get("/profile")
    cancelled = next(f for f in page.forms.values() if f.action == "/profile/email/cancellation").submit(status=302)
    assert "Your e-mail address stays" in cancelled.follow()
    Browser(app).get(path, status=410)


def test_an_address_somebody_else_got_first_is_refused_kindly(app, links):
    path = links.email("uma", "shared@acme.example")
    with app.app_context():
        ugo = db.session.query(User).filter_by(username_key="ugo").one()
        ugo.email = ugo.email_key = "shared@acme.example"
        db.session.commit()
    page = Browser(app).get(path).forms[0].submit(status=409)
    assert "Somebody here already has this e-mail address." in page


def test_somebody_elses_change_is_confirmed_at_the_new_and_announced_at_the_old_address(app, as_):
    browser = as_("uma")
    with app.app_context():
        ada = db.session.query(User).filter_by(username_key="ada").one()
        uma = db.session.query(User).filter_by(username_key="uma").one()
        ada.verbs = frozenset()
        assert letters.ask_email(db.session, uma, "uma@new.example", by=ada)
        db.session.commit()
    browser.get("/profile", status=302)
    messages = deliver(app)
    assert "Ada Arnold asked that mail for your account goes to uma@new.example" in text_of(
        to(messages, ADDRESS["uma"])[0]
    )
    (path,) = links_in(to(messages, "uma@new.example")[0])
    Browser(app).get(path).forms[0].submit(status=302)
    with app.app_context():
        assert db.session.query(User).filter_by(username_key="uma").one().email == "uma@new.example"
