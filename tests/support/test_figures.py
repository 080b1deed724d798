"""Figures: what is open, what came in time, how content customers were."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

from sqlalchemy import update

from portal.database import db, now
from portal.support import figures
from portal.support.impact import Impact
from portal.support.tickets import Ticket
from tests.factories.tickets import do, opened

FIGURES = "/provider/support/figures/"


def change(app, id, **values):
    with app.app_context():
        db.session.execute(update(Ticket).where(Ticket.id == uuid.UUID(id)).values(**values))
        db.session.commit()
        db.session.remove()


def cells(row):
    return [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]


def test_what_is_open_is_counted_by_impact_and_age(app, as_):
    moment = now()
    critical = [opened(app, impact=Impact.CRITICAL) for _ in range(3)]
    change(app, critical[0], due_at=moment - timedelta(hours=1), created_at=moment - timedelta(days=3))
    change(app, critical[1], created_at=moment - timedelta(days=60))
    do(app, critical[2], "answer", "Which version?", by="pat")
    do(app, opened(app, impact=Impact.MINIMAL), "close", by="pat")
    do(app, opened(app, impact=Impact.MINIMAL), "solve", by="pat")
    rows = [cells(row) for row in as_("gil").get(FIGURES).html.select("table")[0].select("tbody tr, tfoot tr")]
    assert rows[0] == ["Critical", "3", "1", "2", "1", "1", "0", "1"]
    assert rows[1:4] == [[impact, *["0"] * 7] for impact in ("Significant", "Limited", "Minimal")]
    assert rows[4] == ["All", "3", "1", "2", "1", "1", "0", "1"]


def test_answers_in_time_are_counted_by_tier_and_impact(app, as_):
    moment = now()
    met, missed, never, pending, old = (opened(app, impact=Impact.CRITICAL) for _ in range(5))
    for id in (met, missed):
        do(app, id, "answer", "Hello", by="pat")
    change(app, missed, first_answer_at=moment, first_due_at=moment - timedelta(hours=1), answers_in_time=3)
    change(app, met, answers_late=1)
    change(app, never, first_due_at=moment - timedelta(hours=1))
    change(app, pending, first_due_at=moment + timedelta(hours=1))
    change(app, old, first_due_at=moment - timedelta(hours=1), created_at=moment - timedelta(days=40))
    opened(app, "gus")  # nothing is due without support
    assert cells(as_("gil").get(FIGURES).html.select("table")[1].select_one("tbody tr")) == [
        "Advanced", "Critical", "33 % 1 of 3, 33 %", "75 % 3 of 4, 75 %",
    ]  # fmt: skip
    longer = as_("gil").get(f"{FIGURES}?days=90").html.select("table")[1].select("tbody tr")
    assert [cells(row)[2] for row in longer] == ["25 % 1 of 4, 25 %"]
    answer = as_("gil").get("/provider/support/figures.csv?days=90")
    exported = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert len(exported) == 12
    row = next(row for row in exported if (row["Support tier"], row["Impact"]) == ("Advanced", "Critical"))
    assert list(row.values())[2:] == ["1", "3", "3", "1"]


def test_how_content_customers_were(app, as_):
    assert "Nobody has said anything" in as_("gil").get(FIGURES)
    for word in ("good", "good", "bad"):
        id = opened(app)
        do(app, id, "solve", by="pat")
        do(app, id, "rate", word, "", by="uma")
    said = [one.select_one(".num").text.split() for one in as_("gil").get(FIGURES).html.select("dl.facts dd")]
    assert [" ".join(words) for words in said] == ["2 of 3, 66 %", "0 of 3, 0 %", "1 of 3, 33 %"]


def test_it_takes_a_fixed_number_of_statements(as_, statements):
    gil = as_("gil")
    gil.get(FIGURES)
    statements.clear()
    gil.get(FIGURES)
    assert len(statements) == 4  # who reads, what is open, what came in time, how content


def test_only_all_of_them_are_a_hundred_percent():
    assert figures.share(999, 1) == 99
    assert figures.share(3, 0) == 100
    assert figures.share(0, 0) is None
