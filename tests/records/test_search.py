"""Search: by prefix, every word, parts of a number, either spelling of an umlaut; never anybody else's records."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.database import db
from tests.factories import documents as make


@pytest.fixture
def numbers(app: Flask) -> Flask:
    with app.app_context():
        make.document("invoices", "INV/2026/00042", title="Wartung für Müller & Söhne", reference="PO-77 (neu)")
        make.document("invoices", "INV/2026/00043", title="Hosting of the plant in Łódź")
        make.document("invoices", "INV/2026/00042", title="Müller", customer_id="beta")
        make.document("quotations", "Q-9", title="Müller")
        db.session.commit()
        db.session.remove()
    return app


def found(as_: Any, words: str) -> list[str]:
    page = as_("ada").get("/documents/invoices/", {"q": words})
    return [link.text for link in page.html.select(".list .main a")]


@pytest.mark.parametrize(
    "words",
    ["INV/2026/00042", "inv/2026/00042", "2026/00042", "00042", "müller", "MULLER", "mueller", "soehne", "söh",
     "wartung müller", "müller 00042", "po-77", "neu", '"Müller"', "Müller & Söhne", "  wartung   für "],
)  # fmt: skip
def test_finds(numbers: Flask, as_: Any, words: str):
    assert found(as_, words) == ["INV/2026/00042"]


@pytest.mark.parametrize("words", ["wartung hosting", "üller", "%", "_", "'", "&", "\\", "Q-9", "\0", "x" * 5000])
def test_finds_nothing_and_says_so(numbers: Flask, as_: Any, words: str):
    page = as_("ada").get("/documents/invoices/", {"q": words})
    if words == "\0":
        assert len(page.html.select(".list .main a")) == 2
        return
    assert not page.html.select(".list .main a")
    assert "Nothing matches" in page


def test_finds_what_changed_under_its_new_words_only(numbers: Flask, as_: Any):
    from portal.documents.models import Document

    with numbers.app_context():
        record = db.session.query(Document).filter_by(number="INV/2026/00043").one()
        record.title = "Umzug"
        db.session.commit()
        db.session.remove()
    assert found(as_, "hosting") == []
    assert found(as_, "umzug") == ["INV/2026/00043"]
