"""News reaches whom it is for: customers with the right, and strangers through the feed."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from datetime import datetime

from sqlalchemy import select

from portal.accounts.users import User
from portal.database import db
from portal.licensing.news.models import News
from portal.licensing.releases.models import Release
from tests.factories.news import tell, write
from tests.factories.releases import release
from tests.people.helpers import form_at

ATOM = "{http://www.w3.org/2005/Atom}"


def draft(app, number: str, notes: str = "") -> uuid.UUID:
    with app.app_context():
        made = release(number, published=False, notes=notes)
        db.session.commit()
        return made.id


def titles(page) -> list[str]:
    return [title.text for title in page.html.select("article h2")]


def feed(browser, **headers: str):
    return browser.get("/news.atom", headers=headers)


def entries(answer) -> list[ET.Element]:
    return ET.fromstring(answer.body).findall(f"{ATOM}entry")


def test_security_news_is_read_by_customers_with_the_right_and_by_the_feed(app, as_, browser):
    write(as_, "security", title="CVE-2026-1", body="Please **update** <script>alert(1)</script>").submit(status=302)
    assert titles(as_("bob").get("/downloads/news/")) == ["CVE-2026-1"]
    page = as_("bob").get("/downloads/news/").click("CVE-2026-1")
    assert page.html.select_one("article strong").text == "update"
    assert "alert(1)" in page.html.select_one("article").text
    assert [entry.findtext(f"{ATOM}title") for entry in entries(feed(browser))] == ["CVE-2026-1"]


def test_publishing_a_release_tells_of_it_if_that_is_wished(app, as_, browser):
    told = draft(app, "2.4.0p1", "Faster *agents*")
    silent = draft(app, "2.4.0p2")
    for number, wished in ((told, True), (silent, False)):
        form = form_at(as_("pat").get(f"/provider/releases/{number}"), f"/provider/releases/{number}/publication")
        form["news"] = wished
        form.submit(status=302)
    assert titles(as_("ada").get("/downloads/news/")) == ["Checkmk 2.4.0p1"]
    (entry,) = entries(feed(browser))
    assert entry.findtext(f"{ATOM}content") == "<p>Faster <em>agents</em></p>\n"
    assert "/downloads/" not in feed(browser).text.replace("/downloads/news/", ""), "no links to packages"


def test_a_withdrawn_release_is_not_praised_any_more(app, as_, browser):
    number = draft(app, "2.4.0p1", "Faster agents")
    form_at(as_("pat").get(f"/provider/releases/{number}"), f"/provider/releases/{number}/publication").submit()
    before = feed(browser)
    with app.app_context():
        pat = db.session.scalars(select(User).where(User.username == "pat")).one()
        db.session.get_one(Release, number).withdraw(db.session(), "It loses data", by=pat)
        db.session.commit()
    after = feed(browser)
    assert entries(after)[0].findtext(f"{ATOM}title") == "Withdrawn: Checkmk 2.4.0p1"
    assert "Faster agents" not in after.text
    assert entries(after)[0].findtext(f"{ATOM}updated") > entries(before)[0].findtext(f"{ATOM}updated")
    assert "This release was withdrawn" in as_("ada").get("/downloads/news/").text


def test_the_feed_is_atom_as_the_standard_wants_it(app, browser):
    assert ET.fromstring(feed(browser).body).findtext(f"{ATOM}updated"), "an empty feed says a moment too"
    for number in range(3):
        tell(app, title=f"Hole {number} & <more> \ufffe", body="x\n\n`<b>`")
    answer = feed(browser)
    assert answer.content_type == "application/atom+xml"
    root = ET.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed"
    for parent in (root, *entries(answer)):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1, name
            assert parent.findtext(f"{ATOM}{name}")
        assert datetime.fromisoformat(parent.findtext(f"{ATOM}updated")).tzinfo is not None
        kinds = [(link.get("rel"), link.get("type")) for link in parent.findall(f"{ATOM}link")]
        assert len(kinds) == len(set(kinds)), "no two links of one kind"
        assert all(link.get("href").startswith("http://localhost/") for link in parent.findall(f"{ATOM}link"))
    assert root.find(f"{ATOM}author").findtext(f"{ATOM}name") == "Nordlicht Software GmbH"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries(answer)]
    assert len(set(ids)) == 3
    assert all(uuid.UUID(id.removeprefix("urn:uuid:")) for id in ids)
    assert entries(answer)[0].findtext(f"{ATOM}title") == "Hole 2 & <more> "
    assert entries(answer)[0].find(f"{ATOM}content").get("type") == "html"
    assert root.findtext(f"{ATOM}updated") == entries(answer)[0].findtext(f"{ATOM}updated")


def test_who_has_the_feed_is_told_that_nothing_changed(app, browser):
    tell(app)
    first = feed(browser)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    assert browser.get("/news.atom", headers={"If-None-Match": first.headers["ETag"]}, status=304).body == b""
    browser.get("/news.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]}, status=304)
    tell(app, title="Another hole")
    assert len(entries(feed(browser, **{"If-None-Match": first.headers["ETag"]}))) == 2


def test_the_feed_speaks_the_language_of_the_portal_whoever_asks(app, browser):
    tell(app)
    assert b'label="Security"' in feed(browser, **{"Accept-Language": "de"}).body


def test_what_was_taken_back_is_read_by_nobody_but_staff(app, as_, browser):
    id = tell(app)
    form_at(as_("pat").get(f"/provider/news/{id}"), f"/provider/news/{id}/withdrawal").submit(status=302)
    assert titles(as_("ada").get("/downloads/news/")) == []
    as_("ada").get(f"/downloads/news/{id}", status=404)
    assert entries(feed(browser)) == []
    assert "Withdrawn" in as_("gil").get("/provider/news/").text
    with app.app_context():
        assert db.session.get_one(News, id).state == "withdrawn"


def test_two_who_change_the_same_news_are_told(app, as_):
    id = tell(app)
    first = as_("pat").get(f"/provider/news/{id}/edit").forms["news"]
    second = as_("pat").get(f"/provider/news/{id}/edit").forms["news"]
    first["title"] = "Mine"
    first.submit(status=302)
    second["title"] = "Theirs"
    assert "Somebody else changed this" in second.submit(status=409).text
    with app.app_context():
        assert db.session.get_one(News, id).title == "Mine"


def test_the_lists_take_as_many_statements_however_long_they_are(app, as_, statements):
    counts = []
    for _round in range(2):
        for number in range(4):
            tell(app, title=f"Hole {number}")
        as_("ada"), as_("pat")
        taken = []
        for person, address in (("ada", "/downloads/news/"), ("pat", "/provider/news/")):
            as_(person).get(address)
            statements.clear()
            as_(person).get(address)
            taken.append(len(statements))
        counts.append(taken)
    assert counts[0] == counts[1] == [2, 2]
