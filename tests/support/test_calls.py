"""A ticket for somebody who called: theirs, and on record who entered it."""

from __future__ import annotations

import pytest
from webtest import Upload

from tests import post as mailbox
from tests.factories.tickets import look
from tests.provider.helpers import send
from tests.support.conversation import FOLDER, UMA


def call(app, as_, status=302, **fields):
    filled = {
        "customer": "acme",
        "opener": UMA,
        "subject": "Called",
        "description": "It hurts.",
        "impact": "critical",
    }
    return send(as_("pat"), f"{FOLDER}new", "ticket", status, **{**filled, **fields})


def test_a_ticket_belongs_to_the_caller_and_names_who_entered_it(app, as_):
    page = call(app, as_, attachments=[Upload("notes.txt", b"notes")]).follow()
    facts = page.html.select_one("main").get_text(" ", strip=True)
    for part in ("Called", "Opened by Uma Dietrich", "Entered by Pat Lindner", "Critical", "notes.txt"):
        assert part in facts
    assert "for Uma Dietrich" in page.html.select_one(".timeline").text
    assert "Called" in as_("uma").get("/support/tickets/")
    assert mailbox.to(mailbox.deliver(app), UMA)
    assert look(app, page.request.path.rsplit("/", 1)[-1])["first_answer_at"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"customer": "nobody"}, "customer"),
        ({"customer": "provider"}, "customer"),
        ({"customer": ""}, "customer"),
        ({"customer": "beta"}, "customer"),  # has no support
        ({"customer": "gamma", "opener": "gus.keller@gamma.example"}, "customer"),  # has none any more
        ({"opener": "ugo.evans@acme.example"}, "opener"),  # without the right
        ({"opener": "gus.keller@gamma.example"}, "opener"),
        ({"opener": "nonsense"}, "opener"),
        ({"subject": ""}, "subject"),
        ({"description": ""}, "description"),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(app, as_, fields, field):
    page = call(app, as_, 422, **fields)
    assert page.html.select_one(f"#{field}-error").text
    assert page.forms["ticket"]["subject"].value == {"subject": "Called", **fields}["subject"]
