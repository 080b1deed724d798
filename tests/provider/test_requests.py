"""Super-user requests: entered for a call or a mail, everything on record, decided once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from webtest import Upload

from portal.accounts.requests import SuperUserRequest
from portal.accounts.users import User
from portal.database import db
from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look
from tests.provider.helpers import make_colleague, make_customer, post, send

NEW = "/provider/requests/new"


def enter(app, browser, status=302, **fields):
    """Enter a request for acme: uma instead of ada, asked for on the telephone by Uma's boss."""
    filled = {
        "customer": "acme", "nominee": id_of(app, "uma"), "way": "call", "asked_by": "Carl Chief",
        "reason": "Ada left the company.",
    }  # fmt: skip
    return send(browser, NEW, "request", status, **{**filled, **fields})


@pytest.fixture
def open_request(app, as_):
    """The address of an open request in acme."""
    return enter(app, as_("pat")).location.removeprefix("http://localhost")


def test_everything_stands_on_record(app, as_):
    evidence = [Upload("letter.html", b"<script>alert(1)</script>", "text/html")]
    page = enter(app, as_("pat"), evidence=evidence).follow()
    for said in ("Uma Dietrich", "Ada Arnold", "Carl Chief", "By telephone", "Pat Lindner", "Ada left the company."):
        assert said in page
    file = as_("pat").get(page.html.find("a", string="letter.html")["href"])
    assert file.body == b"<script>alert(1)</script>"
    assert file.content_type == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_the_present_super_user_and_whoever_decides_are_told(app, as_, open_request):
    messages = mailbox.deliver(app)
    assert mailbox.to(messages, "ada.arnold@acme.example")
    assert mailbox.to(messages, "pat.lindner@provider.example")
    assert not mailbox.to(messages, "gil.moreau@provider.example")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"customer": "nobody"}, "customer", "no active customer"),
        ({"customer": "provider"}, "customer", "no active customer"),
        ({"customer": ""}, "customer", "Choose a customer."),
        ({"nominee": "nonsense"}, "nominee", "Choose an active person"),
        ({"customer": "beta"}, "nominee", "Choose an active person"),
        ({"way": ""}, "way", "Choose one."),
        ({"asked_by": ""}, "asked_by", "Say who asked"),
        ({"reason": ""}, "reason", "Say why"),
        ({"reason": "x" * 4001}, "reason", "At most 4000 characters."),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(app, as_, fields, field, sentence):
    filled = {"customer": "acme", "nominee": id_of(app, "uma"), "way": "call", "asked_by": "Carl", "reason": "Left"}
    page = post(as_("pat"), NEW, 422, **{**filled, **fields})
    assert sentence in page.html.select_one(f"#{field}-error").text
    assert page.forms["request"]["asked_by"].value == {**filled, **fields}["asked_by"]


@pytest.mark.parametrize("who", ["ada", "dot", "bob"])
def test_only_another_active_person_of_that_company_can_be_nominated(app, as_, who):
    assert enter(app, as_("pat"), 422, nominee=id_of(app, who)).html.select_one("#nominee-error")


def test_a_nominee_can_be_named_by_mail_address(app, as_):
    assert "Ugo Evans" in enter(app, as_("pat"), nominee="Ugo.Evans@acme.example").follow()


def test_one_request_is_open_at_a_time_and_the_input_is_kept(app, as_, open_request):
    page = enter(app, as_("pat"), 409, reason="Once more, please.")
    assert "already an open request" in page
    assert page.forms["request"]["reason"].value == "Once more, please."


def test_evidence_over_the_limit_is_refused_and_leaves_nothing(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT", 1000)
    page = enter(app, as_("pat"), 422, evidence=[Upload("big.bin", b"x" * 1001, "text/plain")])
    assert "larger than" in page.html.select_one("#evidence-error").text
    assert not [path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("old_becomes", "role", "state"),
    [("admin", "admin", "active"), ("user", "user", "active"), ("disabled", "user", "disabled")],
)
def test_approving_hands_over_as_decided(app, as_, open_request, old_becomes, role, state):
    ada, uma = as_("ada"), as_("uma")
    page = send(as_("pat"), open_request, "approval", 302, old_becomes=old_becomes).follow()
    assert "Uma Dietrich is the super user now" in page
    assert look(app, "uma")["role"] == "super_user"
    assert (look(app, "ada")["role"], look(app, "ada")["state"]) == (role, state)
    for browser in (ada, uma):
        assert "/login" in browser.get("/", status=302).location
    messages = mailbox.deliver(app)
    for address in ("ada.arnold", "uma.dietrich", "alan.becker", "abe.castillo"):
        assert any(
            "super user" in mailbox.text_of(one).lower() for one in mailbox.to(messages, f"{address}@acme.example")
        )


def test_declining_needs_a_reason_and_changes_nobody(app, as_, open_request):
    page = send(as_("pat"), open_request, "refusal", 422, reason="  ")
    assert "Say why" in page.html.select_one("#reason-error").text
    page = send(as_("pat"), open_request, "refusal", 302, reason="No letter came.").follow()
    assert "Declined" in page
    assert "No letter came." in page
    assert look(app, "ada")["role"] == "super_user"


def test_a_decided_request_offers_no_decision_and_refuses_a_second(as_, open_request):
    send(as_("pat"), open_request, "approval", 302, old_becomes="user")
    assert "approval" not in as_("pat").get(open_request).forms
    assert "has been decided already" in post(as_("pat"), f"{open_request}/approval", 409, old_becomes="admin")
    post(as_("pat"), f"{open_request}/refusal", 409, reason="Too late")


def test_nobody_chosen_or_something_never_offered(as_, open_request):
    post(as_("pat"), f"{open_request}/approval", 422)
    post(as_("pat"), f"{open_request}/approval", 403, old_becomes="super_user")


def test_of_many_approvals_at_once_one_wins(app, as_, open_request):
    make_colleague(app, "pia", "admin")
    browsers = [Browser(app).sign_in("pat") for _ in range(5)] + [Browser(app).sign_in("pia") for _ in range(5)]
    forms = [browser.get(open_request).forms["approval"] for browser in browsers]
    statuses: list[int] = []
    gate = threading.Barrier(len(forms))

    def submit(form):
        form["old_becomes"] = "admin"
        gate.wait()
        statuses.append(form.submit(status="*").status_int)

    threads = [threading.Thread(target=submit, args=[form]) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302] + [409] * 9
    with app.app_context():
        super_users = select(func.count()).where(User.customer_id == "acme", User.portal_role == "super_user")
        assert db.session.scalar(super_users) == 1
        db.session.remove()


def test_open_requests_stand_first_and_the_state_filters(app, as_, open_request, statements):
    send(as_("pat"), open_request, "refusal", 302, reason="No")
    enter(app, as_("pat"), nominee=id_of(app, "ugo"))
    send(
        as_("pat"), NEW, "request", 302, customer="beta", nominee=id_of(app, "bob"),
        way="mail", asked_by="Bea", reason="Holidays",
    )  # fmt: skip
    beta = as_("pat").get("/provider/requests/").html.select("tbody tr")[0].a["href"]
    send(as_("pat"), beta, "refusal", 302, reason="No")
    rows = as_("pat").get("/provider/requests/").html.select("tbody tr")
    assert [row.select_one(".badge").text for row in rows] == ["Open", "Declined", "Declined"]
    assert len(as_("pat").get("/provider/requests/?state=open").html.select("tbody tr")) == 1
    assert "No request in this state" in as_("pat").get("/provider/requests/?state=approved")
    statements.clear()
    as_("pat").get("/provider/requests/")
    assert len(statements) == 2


def test_foreign_evidence_and_unknown_requests_are_not_found(app, as_, open_request):
    with app.app_context():
        id = db.session.scalar(select(SuperUserRequest.id))
        db.session.remove()
    as_("pat").get(f"/provider/requests/{id}/evidence/{id}", status=404)
    as_("pat").get(f"/provider/requests/{id_of(app, 'uma')}", status=404)


def test_an_archived_customer_gets_no_request(app, as_):
    make_customer(app, "delta")
    post(as_("pat"), "/provider/customers/delta/archival", 302)
    page = enter(app, as_("pat"), 422, customer="delta")
    assert page.html.select_one("#customer-error")
