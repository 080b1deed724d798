"""The queue of staff: what needs an answer first, every filter and order, search, export, and views kept by name."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from portal.database import db, now
from portal.support.impact import Impact
from portal.support.queue import CHOICES, SORTS, Wish, _statement, sorts
from portal.support.tickets import Ticket
from tests.factories.tickets import do, opened
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_role, post, send

QUEUE = "/provider/support/tickets/"
OLD = "Graphs are empty after the update"
"""The subject of the closed ticket that gus has from the first day."""


def subjects(browser, query=""):
    """Return the subjects of the queue, from its top."""
    page = browser.get(f"{QUEUE}?{query}")
    return [link.text for link in page.html.select("table.list td.main a")]


def change(app, id, **values):
    with app.app_context():
        db.session.execute(update(Ticket).where(Ticket.id == uuid.UUID(id)).values(**values))
        db.session.commit()
        db.session.remove()


@pytest.fixture
def tickets(app):
    """Six tickets, one of each sort, by their subjects."""
    moment = now()
    made = {
        "late": opened(app, subject="late", impact=Impact.SIGNIFICANT),
        "soon": opened(app, "ada", subject="soon", impact=Impact.MINIMAL),
        "later": opened(app, subject="later", impact=Impact.CRITICAL),
        "asked": opened(app, subject="asked back"),
        "gone": opened(app, subject="gone"),
        "past": opened(app, "gus", subject="past"),
    }
    for name, hours in (("late", -3), ("soon", 0.5), ("later", 30)):
        change(app, made[name], due_at=moment + timedelta(hours=hours))
    do(app, made["later"], "assign", person_of(app, "pat"), by="pat")
    do(app, made["asked"], "answer", "Which version?", by="pat")
    do(app, made["gone"], "close", by="pat")
    return made


def person_of(app, username):
    from portal.accounts.users import User

    with app.app_context():
        user = db.session.get_one(User, uuid.UUID(id_of(app, username)))
        db.session.remove()
    return user


class TestList:
    def test_what_needs_an_answer_stands_there_the_soonest_due_first(self, as_, tickets):
        assert subjects(as_("pat")) == ["late", "soon", "later", "past"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("state=waiting", {"asked back"}),
            ("state=closed", {"gone", OLD}),
            ("state=any", {"late", "soon", "later", "asked back", "gone", "past", OLD}),
            ("state=unclosed", {"late", "soon", "later", "asked back", "past"}),
            ("state=nonsense", {"late", "soon", "later", "past"}),
            ("impact=critical", {"later"}),
            ("tier=none", {"past"}),
            ("tier=advanced", {"late", "soon", "later"}),
            ("customer=gamma", {"past"}),
            ("customer=nobody", set()),
            ("assignee=me", {"later"}),
            ("assignee=me&state=any", {"later", "asked back", OLD}),
            ("assignee=nobody", {"late", "soon", "past"}),
            ("overdue=1", {"late"}),
            ("overdue=1&sort=impact", {"late"}),
            ("overdue=1&state=any", {"late"}),
        ],
    )
    def test_each_filter_narrows_it(self, as_, tickets, query, found):
        assert set(subjects(as_("pat"), query)) == found

    def test_a_colleague_can_be_asked_for(self, app, as_, tickets):
        assert subjects(as_("gil"), f"assignee={id_of(app, 'pat')}") == ["later"]
        assert subjects(as_("gil"), "assignee=me") == []

    @pytest.mark.parametrize(
        ("sort", "first", "last"),
        [("due", "late", "past"), ("impact", "later", "soon"), ("updated", "fresh", "old"), ("quiet", "old", "fresh"),
         ("created", "fresh", "old"), ("oldest", "old", "fresh")],
    )  # fmt: skip
    def test_each_order_has_its_first_and_last(self, app, as_, tickets, sort, first, last):
        moment = now()
        if sort in ("updated", "quiet", "created", "oldest"):
            change(
                app, tickets["past"], subject="old", created_at=moment - timedelta(9), updated_at=moment - timedelta(9)
            )
            change(app, tickets["soon"], subject="fresh", created_at=moment, updated_at=moment)
        found = subjects(as_("pat"), f"sort={sort}")
        assert (found[0], found[-1]) == (first, last)

    def test_orders_by_what_is_due_are_offered_where_something_is(self, as_, tickets):
        offered = {option["value"] for option in as_("pat").get(QUEUE).html.select("select[name=sort] option")}
        assert offered == set(SORTS)
        closed = as_("pat").get(f"{QUEUE}?state=closed&sort=due").html.select("select[name=sort] option")
        assert [option["value"] for option in closed] == ["updated", "quiet", "created", "oldest"]

    def test_how_far_it_is_stands_in_words_and_as_a_moment(self, as_, tickets):
        rows = as_("pat").get(QUEUE).html.select("tbody tr")
        said = [row.select_one("td.due").get_text(" ", strip=True) for row in rows]
        assert said[0].startswith("3 h late ")
        assert said[1].startswith("in 29 min ")
        assert said[2].startswith("in 29 h ")
        assert said[3] == "nothing due"
        assert "badge bad" in str(rows[0])
        assert "20" in said[0]

    def test_the_menu_counts_what_is_overdue_or_nobodys(self, as_, tickets):
        entry = as_("pat").get(QUEUE).html.find("a", {"href": "/provider/support/"})
        assert entry.select_one(".waits").text.strip().startswith("3")

    def test_pages_follow_each_other_without_a_gap(self, app, as_):
        for number in range(30):
            opened(app, subject=f"Number {number:02}")
        page, found = as_("pat").get(QUEUE), []
        while True:
            found += [link.text for link in page.html.select("table.list td.main a")]
            following = page.html.find("a", rel="next")
            if not following:
                break
            page = as_("pat").get(following["href"])
        assert len(found) == len(set(found)) == 30

    def test_an_empty_queue_says_so(self, as_):
        assert "Nothing needs an answer" in as_("pat").get(QUEUE)
        assert "No ticket found" in as_("pat").get(f"{QUEUE}?impact=critical")

    def test_it_takes_a_fixed_number_of_statements(self, app, as_, tickets, statements):
        pat = as_("pat")
        pat.get(QUEUE)
        counts = []
        for more in range(2):
            statements.clear()
            pat.get(QUEUE)
            counts.append(len(statements))
            for number in range(12 * (1 - more)):
                opened(app, subject=f"More {number}")
        assert counts == [6, 6]  # who reads, the page, the menu's number, colleagues, customers, views


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("certificate", {"The certificate is over"}),
            ("CERTIF", {"The certificate is over", "Certified people"}),
            ("over certificate", {"The certificate is over"}),
            ("certificate agent", set()),
            ("acme", {"The certificate is over", "The agent sleeps"}),
            ("gamma", {"Certified people"}),
            ("acme agent", {"The agent sleeps"}),
            ("cert", {"The certificate is over", "Certified people"}),
            ("prod_eu", {"The agent sleeps"}),
            ("%", set()),
        ],
    )
    def test_every_word_is_looked_for_in_subject_reference_site_and_customer(self, app, as_, text, found):
        opened(app, subject="The certificate is over")
        opened(app, subject="The agent sleeps", site="prod_eu")
        opened(app, "gus", subject="Certified people")
        assert set(subjects(as_("pat"), f"q={text}")) == found

    def test_a_reference_leads_to_its_ticket(self, app, as_):
        id = opened(app, subject="One")
        opened(app, subject="Another")
        page = as_("pat").get(f"/provider/support/tickets/{id}")
        reference = page.html.select_one("title").text.split()[0]
        assert subjects(as_("pat"), f"q={reference.lower()}") == ["One"]

    def test_what_is_not_found_can_be_looked_for_in_any_state(self, app, as_):
        id = opened(app, subject="The certificate is over")
        do(app, id, "close", by="pat")
        page = as_("pat").get(f"{QUEUE}?q=certificate")
        assert "No ticket found" in page
        link = page.html.find("a", string="Search in any state")
        assert "The certificate is over" in as_("pat").get(link["href"])

    def test_a_word_that_many_tickets_hold_finds_them_all_the_same(self, app, as_, monkeypatch):
        monkeypatch.setattr("portal.support.searching.FEW", 2)
        for number in range(4):
            opened(app, subject=f"Common {number}")
        opened(app, subject="Common and rare")
        assert len(subjects(as_("pat"), "q=common")) == 5
        assert subjects(as_("pat"), "q=common rare") == ["Common and rare"]


def test_the_export_holds_all_tickets_of_the_filter(app, as_, tickets):
    opened(app, subject="=1+1")
    answer = as_("pat").get("/provider/support/tickets.csv?state=any&customer=acme")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert {row["Subject"] for row in rows} == {"late", "soon", "later", "asked back", "gone", "'=1+1"}
    late = next(row for row in rows if row["Subject"] == "late")
    assert late["Customer"] == "Acme GmbH"
    assert late["Impact"] == "Significant"
    assert late["State"] == "New"
    assert late["Support tier"] == "Advanced"
    gone = next(row for row in rows if row["Subject"] == "gone")
    assert gone["Due"] == ""


class TestViews:
    def keep(self, browser, query, status=302, **fields):
        return send(browser, f"{QUEUE}?{query}", "view", status, **fields)

    def test_a_filter_is_kept_under_a_name(self, as_, tickets):
        page = self.keep(as_("pat"), "impact=critical&sort=oldest&nonsense=1", name="Burning").follow()
        link = page.html.find("a", string="Burning")
        assert link["href"] == f"{QUEUE}?impact=critical&sort=oldest"
        assert link["aria-current"] == "true"
        assert subjects(as_("pat"), "impact=critical") == ["later"]

    def test_ones_own_view_is_nobody_elses_and_a_shared_one_everybodys(self, app, as_):
        make_role(app, "agents", "guest", support__answer=True)
        make_colleague(app, "kim", "agents")
        self.keep(as_("pat"), "impact=critical", name="Mine alone")
        self.keep(as_("pat"), "overdue=1", name="For all", shared=True)
        theirs = as_("kim").get(QUEUE)
        assert "Mine alone" not in theirs
        assert "For all" in theirs
        assert "For all colleagues" not in theirs  # kim may not share

    def test_sharing_without_the_permission_is_forged(self, app, as_):
        make_role(app, "agents", "guest", support__answer=True)
        make_colleague(app, "kim", "agents")
        post(as_("kim"), "/provider/support/tickets/views", 403, name="Theirs", shared="y")
        self.keep(as_("kim"), "", name="Own")

    @pytest.mark.parametrize(("name", "said"), [("", "Give the view a name"), (" Twice ", "already")])
    def test_a_name_is_needed_and_free(self, as_, name, said):
        self.keep(as_("pat"), "impact=critical", name="Twice")
        page = self.keep(as_("pat"), "tier=basic", 422, name=name)
        assert said in page.html.select_one("#name-error").text
        assert page.forms["view"].action.endswith("?tier=basic")

    def test_a_view_is_renamed_and_deleted_by_its_owner_alone(self, app, as_):
        make_role(app, "agents", "guest", support__answer=True)
        make_colleague(app, "kim", "agents")
        self.keep(as_("pat"), "impact=critical", name="Old")
        page = as_("pat").get("/provider/support/views/")
        form = next(form for form in page.forms.values() if form.action.endswith("/name"))
        deletion = form.action.replace("/name", "/deletion")
        post(as_("kim"), form.action, 404, name="Taken over")
        post(as_("kim"), deletion, 404)
        form["name"] = "New"
        assert "New" in form.submit(status=302).follow()
        post(as_("pat"), deletion, 302)
        assert "No view is kept" in as_("pat").get("/provider/support/views/")


@pytest.mark.parametrize("state", CHOICES)
@pytest.mark.parametrize("whose", ["", "customer=acme", "assignee=me"])
def test_each_order_follows_an_index(app, state, whose):
    """What sorts a list only after reading all of it is slow among a million tickets."""
    sorting = [sort for sort in sorts(state) if "sort" in plan(app, f"state={state}&sort={sort}&{whose}").lower()]
    assert sorting == []


def plan(app, query):
    """Return how the database would find the first page: with a step that sorts only where no index has the order."""
    with app.test_request_context(f"{QUEUE}?{query}"):
        wish = Wish.asked()
        _label, keys, descending = wish.order
        reader = SimpleNamespace(id=uuid.uuid4(), customer_id="provider", verbs={"support.read"})
        listed = _statement(db.session(), reader, wish)[0].order_by(
            *(key.desc() if descending else key.asc() for key in (*keys, Ticket.id))
        )
        with db.engine.begin() as connection:
            explain = "EXPLAIN QUERY PLAN"
            if connection.dialect.name == "postgresql":
                explain = "EXPLAIN"
                connection.exec_driver_sql("SET LOCAL enable_sort = off")
                connection.exec_driver_sql("SET LOCAL enable_hashjoin = off")
            said = listed.limit(26).compile(connection, compile_kwargs={"literal_binds": True})
            rows = connection.exec_driver_sql(f"{explain} {said}").all()
        db.session.remove()
    return " ".join(str(row[-1]) for row in rows).replace("TEMP B-TREE", "SORT")
