"""Kiosk links: one page of monitoring on a screen, as its maker sees it, until that ends."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now
from tests.browser import Browser
from tests.programs import change

LINKS, PAGE = "/profile/kiosk-links", "/monitoring/problems/?state=crit"


@pytest.fixture(autouse=True)
def _site(app):
    with app.app_context():
        Site.create(
            db.session(), id="harbour", alias="Harbour", customer_id="acme", livestatus="unix:/nowhere", by=None
        )
        db.session.commit()
        db.session.remove()


def make(browser, path=PAGE, status=200):
    form = browser.get(LINKS).forms["kiosk"]
    form["name"], form["path"] = "Wall", path
    return form.submit(status=status)


@pytest.fixture
def link(as_):
    """The path of a link that uma made."""
    return make(as_("uma"), f"http://localhost{PAGE}").html.output.text.removeprefix("http://localhost")


def test_anybody_with_the_address_sees_the_page_without_a_menu(app, link):
    page = Browser(app).get(link)
    assert "Service problems" in page.text
    assert not page.html.nav
    assert not page.html.select("header.top")
    assert page.html.select_one("[data-refresh] a")["href"] == link
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.headers.getall("Set-Cookie")


def test_its_links_lead_nowhere_but_to_itself(app, link):
    page = Browser(app).get(link).html
    assert {one["href"] for one in page.main.find_all("a", href=True)} == {link}
    assert page.main.find("a", href=False)


@pytest.mark.parametrize("q", ["Gerät", "Ger%C3%A4t", "хост"])
def test_letters_of_every_language_stay_as_they_are(app, as_, q):
    made = make(as_("uma"), f"http://localhost/monitoring/services/?q={q}")
    page = Browser(app).get(made.html.output.text.removeprefix("http://localhost"))
    assert page.html.find("input", {"name": "q"})["value"] == unquote(q)


def test_it_opens_nothing_else(app, link):
    screen = Browser(app)
    screen.get(link)
    assert "/login" in screen.get(PAGE, status=302).location
    screen.get(f"{link}/../hosts/", status="*")
    assert screen.get(f"{link}?state=ok").text == screen.get(link).text or "Service problems" in screen.get(link).text
    screen.post(link, status=405)
    screen.get(f"{link}x", status=410)


def test_whoever_else_is_signed_in_there_does_not_matter(as_, link):
    """The page is uma's, of whose site bea sees nothing; and bea stays signed in."""
    assert "Service problems" in as_("bea").get(link).text
    as_("bea").get("/users/")


def test_nothing_on_it_posts_and_it_gives_no_cookie(app, as_):
    link = make(as_("pat"), "/provider/monitoring/").html.output.text.removeprefix("http://localhost")
    page = Browser(app).get(link)
    assert not page.html.select("form[method=post]")
    assert not page.headers.getall("Set-Cookie")


def revoked(app, as_):
    page = as_("uma").get(LINKS)
    next(form for form in page.forms.values() if "revocation" in form.action).submit(status=302)


def disabled(app, _as):
    change(app, "uma", lambda user: user.disable(by=None))


def moved(app, _as):
    change(app, "uma", lambda user: user.move(db.session.get(Customer, "beta"), by=None))


def deleted(app, _as):
    change(app, "uma", lambda user: user.delete(by=None))


@pytest.mark.parametrize("end", [revoked, disabled, moved, deleted])
def test_it_ends_with_its_maker(app, as_, link, end):
    end(app, as_)
    assert "shows nothing any more" in Browser(app).get(link, status=410).text


def test_it_ends_when_the_maker_may_not_see_the_page(app, link):
    with app.app_context():
        db.session.get(Site, "harbour").archived_at = now()
        db.session.commit()
        db.session.remove()
    Browser(app).get(link, status=404)


@pytest.mark.parametrize(
    "path",
    ["/users/", "/provider/monitoring/", "https://evil.example/monitoring/", "//evil.example", "/monitoring/hosts.csv",
     "/monitoring/nothing", "/monitoring/hosts", "/profile", "monitoring",
     "/monitoring/host/acknowledgement?site=harbour&name=x"],
)  # fmt: skip
def test_only_pages_of_monitoring_can_be_shown(as_, path):
    assert "Only pages of monitoring" in make(as_("uma"), path, status=422).text


def test_the_secret_is_kept_nowhere(app, as_, link):
    secret = link.rpartition("/")[2]
    assert len(secret) >= 40
    assert secret not in as_("uma").get(LINKS).text
    with app.app_context():
        db.session.commit()
    stored = b"".join(path.read_bytes() for path in app.config["DATA"].rglob("*") if path.is_file())
    assert secret.encode() not in stored


def test_pages_of_monitoring_lead_to_a_link(as_):
    page = as_("uma").get(PAGE).click("Show on a screen")
    assert page.forms["kiosk"]["path"].value == PAGE


def test_nobody_revokes_somebody_elses(app, as_, link):
    form = as_("ada").get(LINKS).forms["kiosk"]
    with app.app_context():
        from portal.accounts.kiosk_links import KioskLink

        id = db.session.scalars(db.select(KioskLink.id)).one()
    as_("ada").post(f"{LINKS}/{id}/revocation", {"csrf_token": form["csrf_token"].value}, status=404)
