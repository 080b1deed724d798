"""What holds for every text: it has a German one, with the same placeholders, and that is what a German reader sees."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Comment
from flask import Flask, render_template
from flask_babel import get_translations
from pypdf import PdfReader
from sqlalchemy import select, update

from portal.accounts.users import User
from portal.database import db
from portal.documents.models import Document
from portal.web.failures import SPECIAL
from tests.browser import Browser
from tests.catalogs import TRANSLATIONS
from tests.post import deliver, text_of, to

ROOT = TRANSLATIONS.parent
GERMAN = TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?\w+>")
READ = {"Accept-Language": "de"}
FROM_THE_ERP = {"Done", "In progress"}
"""Words of the demo's records that are words of the portal too: names of stages."""


@pytest.fixture(scope="module")
def german() -> Catalog:
    return read_po(io.BytesIO(GERMAN.read_bytes()))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ("extract", "-F", "babel.cfg", "-k", "_l", "-o", str(template), ".")
    frontend = "from babel.messages.frontend import main; main()"
    subprocess.run([sys.executable, "-c", frontend, "-q", *command], cwd=ROOT, check=True)
    return read_po(io.BytesIO(template.read_bytes()))


@pytest.fixture(scope="module")
def english(german: Catalog) -> set[str]:
    """The texts of the portal that are another text in German, without those that are a German text elsewhere."""
    said = {text for message in german if message.id for text in _texts(message.string)}
    return {text for message in german if message.id for text in _texts(message.id)} - said - FROM_THE_ERP


def _texts(message: Any) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, list | tuple) else (message,)


def _key(message: Any) -> tuple[str | None, str]:
    return message.context, _texts(message.id)[0]


def test_every_text_is_translated_and_every_translation_used(german: Catalog, extracted: Catalog):
    """`make messages` brings the file up to date."""
    assert {_key(message) for message in german} == {_key(message) for message in extracted}
    assert not german.obsolete


def test_no_translation_is_empty_or_a_guess(german: Catalog):
    assert [message.id for message in german if message.id and not all(_texts(message.string))] == []
    assert [message.id for message in german if message.id and message.fuzzy] == []


def test_placeholders_and_marks_are_the_same_in_both(german: Catalog):
    """A plural's first form may say "one" in words."""
    for message in (message for message in german if message.id):
        wanted = [set(PLACEHOLDER.findall(text)) for text in _texts(message.id)]
        for form, text in enumerate(_texts(message.string)):
            assert set(PLACEHOLDER.findall(text)) == wanted[min(form, len(wanted) - 1)], message.id


def test_german_is_written_as_german(german: Catalog):
    """No straight or English quotation marks; "Sie" and its kin, never "du"."""
    for text in (text for message in german if message.id for text in _texts(message.string)):
        plain = re.sub(r"<[^>]+>", "", text)
        assert '"' not in plain, text
        assert plain.count("„") == plain.count("“"), text
        assert "”" not in plain, text
        assert not re.search(r"\b(du|dir|dich|dein\w*)\b", plain, re.IGNORECASE), text


def _said(page: BeautifulSoup) -> Iterator[str]:
    """Yield what a page says: every text of it, and the names of what has no text."""
    for text in page.find_all(string=True):
        if not isinstance(text, Comment) and text.parent.name not in ("script", "style"):
            yield " ".join(text.split())
    for tag in page.find_all(True):
        yield from (tag[name] for name in ("aria-label", "placeholder", "data-label", "title", "alt") if tag.get(name))


@pytest.fixture
def germans(app: Flask) -> Flask:
    """The portal, with everybody in it reading German."""
    with app.app_context():
        db.session.execute(update(User).values(language="de"))
        db.session.commit()
        db.session.remove()
    return app


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("ada", ("/profile/security", "/super-user-requests/new", "/users/new", "/search?q=monitoring")),
        ("uma", ("/profile", "/downloads/history/", "/downloads/news/", "/support/tickets/new")),
        ("gus", ("/profile",)),
        (
            "pat",
            (
                "/provider/customers/new",
                "/provider/requests/new",
                "/provider/staff/new",
                "/provider/releases/new",
                "/provider/news/new/security",
                "/provider/news/new/maintenance",
                "/provider/support/figures/",
                "/provider/support/targets/",
                "/provider/support/answers/new",
                "/provider/support/tickets/new",
            ),
        ),
    ],
)
def test_a_german_reader_sees_no_english(
    documents: Flask, germans: Flask, as_: Callable[[str], Browser], english: set[str], name: str, more: tuple[str, ...]
):
    """Every page of the menu, the first record of each list, and what their buttons lead to."""
    browser = as_(name)
    todo = [link["href"] for link in browser.get("/", status="*").maybe_follow().html.select("nav.side li a")]
    assert len(todo) > 1
    seen: set[str] = set()
    for address in [*todo, *more]:
        page = browser.get(address).maybe_follow().html
        first = page.select("td.main a[href^='/']")[:1]
        buttons = page.select("a.button[href^='/'], .head a[href^='/']")
        for link in [address, *(link["href"] for link in first + buttons)]:
            if link in seen or link.split("?")[0].endswith((".pdf", ".csv")):
                continue
            seen.add(link)
            answer = browser.get(link).maybe_follow()
            if answer.content_type != "text/html":  # a button can lead to a file
                continue
            assert answer.html.html["lang"] == "de"
            found = {text for text in _said(answer.html) if text in english}
            assert found == set(), f"{link} says {found}"


def test_the_menu_and_headings_are_german(germans: Flask, as_: Callable[[str], Browser]):
    page = as_("ada").get("/").html
    menu = [link.get_text(" ", strip=True) for link in page.select("nav.side li a")]
    for entry in ("Meine Lizenzen", "Angebote", "Aufträge", "Bestellungen", "Rechnungen", "Projekte", "Aufgaben",
                  "Zeiterfassung", "Personen", "Verlauf"):  # fmt: skip
        assert any(shown.startswith(entry) for shown in menu), entry
    assert as_("ada").get("/users/").html.h1.text == "Personen"
    assert as_("pat").get("/provider/").html.h1.text == "Wartet auf mich"
    assert as_("pat").get("/provider/customers/").html.h1.text == "Kunden"


def test_the_door_speaks_the_language_of_the_browser(browser: Browser):
    page = browser.get("/login", headers=READ)
    assert page.html.html["lang"] == "de"
    assert page.html.h1.text == "Anmelden"
    assert page.forms["login"].html.button.text.strip() == "Anmelden"
    refused = browser.post(
        "/login",
        {"username": "ada", "password": "no", "csrf_token": page.forms["login"]["csrf_token"].value},
        headers=READ,
        status=422,
    )
    assert "Name oder Passwort stimmt nicht." in refused.text


@pytest.mark.parametrize("status", sorted(SPECIAL))
def test_an_error_page_is_german(app: Flask, english: set[str], status: int):
    with app.test_request_context("/", headers=READ):
        page = BeautifulSoup(render_template(f"errors/{status}.html", sentence=""), "html.parser")
    assert page.html["lang"] == "de"
    assert {text for text in _said(page) if text in english} == set()
    assert page.h1.text


def test_what_is_not_there_is_told_in_german(germans: Flask, as_: Callable[[str], Browser]):
    assert as_("ada").get("/nowhere", status=404).html.h1.text == "Hier gibt es nichts für Sie"


def test_mail_is_in_the_language_of_its_reader(germans: Flask, browser: Browser):
    form = browser.get("/password/forgot").forms[0]
    form["username"] = "ada"
    form.submit(headers={"Accept-Language": "en"}).maybe_follow()
    (message,) = to(deliver(germans), "ada.arnold@acme.example")
    assert "Guten Tag Ada Arnold," in text_of(message)
    assert "neues Passwort" in text_of(message)
    html = message.get_body(("html",))
    assert html is not None
    assert '<html lang="de">' in html.get_content()


def test_a_printed_document_is_german(documents: Flask, germans: Flask, as_: Callable[[str], Browser]):
    with documents.app_context():
        id = db.session.scalars(
            select(Document.id).where(Document.customer_id == "acme", Document.kind == "quotations").limit(1)
        ).one()
        db.session.remove()
    printed = as_("ada").get(f"/documents/quotations/{id}.pdf")
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.body)).pages)
    assert "Angebot" in words
    assert "Netto" in words
    assert "Quotation" not in words


def test_translations_are_found_where_the_settings_say(app: Flask):
    with app.test_request_context("/", headers=READ):
        assert get_translations().ugettext("People") == "Personen"
