"""Merging two tickets: said before, done whole, and refused where it cannot be."""

from __future__ import annotations

import pytest

from portal.support.impact import Impact
from tests import post as mailbox
from tests.factories.tickets import do, look, opened
from tests.provider.helpers import post
from tests.support.conversation import FOLDER, UMA, reference, said


@pytest.fixture
def ticket(app):
    """The id of a ticket that uma has opened."""
    return opened(app, subject="The core does not start", impact=Impact.SIGNIFICANT)


def look_at(app, as_, one, other):
    return as_("pat").get(f"{FOLDER}{one}/merging?other={reference(app, other).lower()}")


def test_what_moves_and_who_will_see_it_is_said_before(app, as_, ticket):
    other = opened(app, "ada", subject="Same problem", seen_by_whom="opener")
    do(app, ticket, "answer", "More", by="uma")
    post(as_("pat"), f"{FOLDER}{ticket}/notes", 302, note="Hm")
    page = look_at(app, as_, ticket, other)
    facts = page.html.select_one("dl.facts").get_text(" ", strip=True)
    for part in (
        "Same problem",
        "2 messages and 1 internal note",
        "Only those who follow it",
        "Ada Arnold, Uma Dietrich",
    ):
        assert part in facts
    assert "will not see what was said in it any more" in page


def test_everything_goes_on_in_the_other_ticket(app, as_, ticket):
    other = opened(app, "ada", subject="Same problem", impact=Impact.MINIMAL)
    sooner = look(app, ticket)["due_at"]
    post(as_("pat"), f"{FOLDER}{ticket}/notes", 302, note="Keep me")
    page = look_at(app, as_, ticket, other).forms["merge"].submit(status=302).follow()
    assert page.request.path == FOLDER + other
    assert {text for _who, text in said(page)} == {"Since this morning.", "Keep me"}
    assert len(said(page)) == 3
    assert look(app, other)["due_at"] == sooner
    assert look(app, other)["watchers"] == {"uma"}
    merged = as_("pat").get(FOLDER + ticket)
    assert reference(app, other) in merged.html.select_one("main .message.info").text
    assert "reply" not in merged.forms
    assert "merged into another" in post(as_("pat"), f"{FOLDER}{ticket}/impact", 409, impact="minimal", why="x")
    assert as_("uma").get(f"/support/tickets/{ticket}").location.endswith(other)
    assert mailbox.to(mailbox.deliver(app), UMA)


@pytest.mark.parametrize(
    ("which", "sentence"), [("itself", "Choose another"), ("gamma", "no ticket of that reference"),
                        ("none", "no ticket of that reference"), ("closed", "is over")]
)  # fmt: skip
def test_what_cannot_be_merged_is_told(app, as_, ticket, which, sentence):
    closed = opened(app, "ada", subject="Closed")
    do(app, closed, "close", by="ada")
    name = {
        "itself": reference(app, ticket), "gamma": reference(app, opened(app, "gus")), "none": "T-0000000",
        "closed": reference(app, closed),
    }[which]  # fmt: skip
    page = as_("pat").get(f"{FOLDER}{ticket}/merging?other={name}", status=422)
    assert sentence in page.html.select_one("#other-error").text
    assert "merge" not in page.forms
    post(as_("pat"), f"{FOLDER}{ticket}/merging", 422, other=name)
    assert look(app, ticket)["merged_into_id"] is None


def test_a_mail_both_tickets_got_is_no_obstacle(app, as_, ticket):
    other = opened(app, "ada", subject="Same problem")
    for id in (ticket, other):
        do(app, id, "answer", "To both", by="uma", mail_id="<one@acme.example>")
    look_at(app, as_, ticket, other).forms["merge"].submit(status=302)
    assert len(said(as_("pat").get(FOLDER + other))) == 4
