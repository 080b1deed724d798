"""Super-user requests as a company asks for them: who may, with what evidence, and what becomes of it."""

from __future__ import annotations

import errno
import uuid

import pytest
from sqlalchemy import select
from webtest import Upload

from portal import storage
from portal.access.rights import PortalRole
from portal.accounts.hand_over import OldBecomes
from portal.accounts.requests import SuperUserRequest
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from portal.mail import Mail
from portal.storage import File
from tests.people.helpers import forge, form_at, id_of, look, make

BAD = b"<script>alert(1)</script>"


def ask(browser, nominee: str, reason: str = "Ada retires", files=()):
    form = form_at(browser.get("/super-user-requests/new"))
    form["nominee"], form["reason"] = nominee, reason
    if files:
        form["evidence"] = [Upload(name, content) for name, content in files]
    return form


def decide(app, act) -> None:
    with app.app_context():
        wish = db.session.scalars(select(SuperUserRequest).order_by(SuperUserRequest.id.desc())).first()
        act(wish, db.session(), db.session.scalar(select(User).where(User.username == "pat")))
        db.session.commit()
        db.session.remove()


def told(app, template: str) -> set[str]:
    with app.app_context():
        found = set(db.session.scalars(select(Mail.recipient).where(Mail.template == template)))
        db.session.remove()
    return {address.split(".")[0] for address in found}


def files(app) -> int:
    with app.app_context():
        found = len(db.session.scalars(select(File.id).where(File.purpose == "evidence")).all())
        db.session.remove()
    return found


def test_an_admin_asks_and_everybody_concerned_hears_of_it(app, as_):
    page = ask(as_("alan"), id_of(app, "uma")).submit(status=302).follow()
    assert page.html.h1.text == "Uma Dietrich as super user"
    assert "Ada retires" in page
    assert "Open" in page
    assert told(app, "request_raised") == {"ada", "alan"}
    assert told(app, "request_waiting") == {"pat"}
    listed = as_("ada").get("/super-user-requests/")
    assert "Uma Dietrich" in listed
    assert "Alan Becker" in listed
    assert "/super-user-requests/new" not in listed
    assert "Alan Becker asked for Uma Dietrich as super user" in as_("ada").get("/history/")


@pytest.mark.parametrize("actor", ["uma", "pat", "gil"])
def test_others_know_nothing_of_requests(app, as_, actor):
    ask(as_("alan"), id_of(app, "uma")).submit(status=302)
    with app.app_context():
        id = db.session.scalar(select(SuperUserRequest.id))
        db.session.remove()
    for address in ("", "new", str(id)):
        as_(actor).get(f"/super-user-requests/{address}", status=404)


def test_another_companys_request_and_evidence_do_not_exist(app, as_):
    page = ask(as_("alan"), id_of(app, "uma"), files=[("proof.html", BAD)]).submit(status=302).follow()
    path = page.request.path
    evidence = page.html.select_one("a[download]")["href"]
    for address in (path, evidence):
        as_("bea").get(address, status=404)
    forge(as_("bea"), f"{path}/withdrawal", 404)
    as_("ada").get(f"{path}/evidence/{uuid.uuid4()}", status=404)


def test_evidence_is_a_download_that_no_browser_runs(app, as_):
    page = ask(as_("ada"), id_of(app, "alan"), files=[("proof.html", BAD)]).submit(status=302).follow()
    assert "proof.html" in page
    answer = as_("ada").get(page.html.select_one("a[download]")["href"])
    assert answer.body == BAD
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_several_files_together_may_be_larger_than_any_other_form(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT", 700_000)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000_000)
    token = as_("ada").get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    fields = {"csrf_token": token, "nominee": id_of(app, "alan"), "reason": "Why not"}
    uploads = [("evidence", f"{n}.bin", b"x" * 700_000) for n in range(5)]
    as_("ada").post("/users/new", fields, upload_files=uploads, status=413)
    as_("ada").post("/super-user-requests/new", fields, upload_files=uploads, status=302)
    assert files(app) == 5


def test_more_files_than_five_are_refused(app, as_):
    token = as_("ada").get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    fields = {"csrf_token": token, "nominee": id_of(app, "alan"), "reason": "Why not"}
    uploads = [("evidence", f"{n}.bin", b"x") for n in range(6)]
    page = as_("ada").post("/super-user-requests/new", fields, upload_files=uploads, status=422)
    assert "At most 5 files." in page
    assert files(app) == 0


def test_a_file_over_the_limit_is_refused_with_the_rest_kept(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT", 1000)
    page = ask(as_("ada"), id_of(app, "alan"), files=[("big.pdf", b"x" * 1001)]).submit(status=422)
    assert "larger than" in page.html.select_one("#evidence-error").text
    assert page.html.select_one("#nominee")["value"] == id_of(app, "alan")
    assert page.html.select_one("#reason").text.strip() == "Ada retires"
    assert files(app) == 0


def test_a_full_disk_says_so_and_keeps_the_input(app, as_, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    form = ask(as_("ada"), id_of(app, "alan"), files=[("a.pdf", b"%PDF-1.7")])
    monkeypatch.setattr(storage.os, "fsync", full)
    page = form.submit(status=507)
    monkeypatch.undo()
    assert "no room to keep files" in page
    assert page.html.select_one("#reason").text.strip() == "Ada retires"
    assert files(app) == 0
    assert "No requests yet" in as_("ada").get("/super-user-requests/")


@pytest.mark.parametrize(
    ("nominee", "status"),
    [("", 422), ("nobody", 422), ("dot", 422), ("ada", 422), ("bob", 403), ("pat", 403), ("none", 403)],
)
def test_whom_one_may_not_name(app, as_, nominee, status):
    known = {name: id_of(app, name) for name in ("dot", "ada", "bob", "pat")} | {"none": str(uuid.uuid4())}
    page = forge(
        as_("alan"), "/super-user-requests/new", status, nominee=known.get(nominee, nominee), reason="Because I say so"
    )
    if status == 422:
        assert page.html.select_one("#nominee-error")
        assert "Because I say so" in page
    assert "No requests yet" in as_("alan").get("/super-user-requests/")


def test_somebody_merely_invited_cannot_be_named(app, as_):
    make(app, "nat", invited=True)
    assert "Nat" not in [o.text for o in as_("ada").get("/super-user-requests/new").html.select("datalist option")]
    forge(as_("ada"), "/super-user-requests/new", 422, nominee=id_of(app, "nat"), reason="x")


def test_the_look_up_offers_active_colleagues_and_takes_a_typed_address(app, as_):
    options = [o.text for o in as_("ada").get("/super-user-requests/new").html.select("datalist option")]
    assert [text.split(" · ")[0] for text in options] == ["Abe Castillo", "Alan Becker", "Ugo Evans", "Uma Dietrich"]
    page = ask(as_("ada"), "UMA.dietrich@acme.example").submit(status=302).follow()
    assert page.html.h1.text == "Uma Dietrich as super user"


def test_one_open_request_at_a_time(app, as_):
    ask(as_("alan"), id_of(app, "uma")).submit(status=302)
    page = ask(as_("ada"), id_of(app, "ugo"), "Another wish").submit(status=409)
    assert "There is already an open request" in page
    assert "Another wish" in page


def test_whoever_asked_or_the_super_user_withdraws_it(app, as_):
    page = ask(as_("alan"), id_of(app, "uma")).submit(status=302).follow()
    path = page.request.path
    assert "Withdraw the request" in page
    assert "Withdraw the request" not in as_("abe").get(path)
    forge(as_("abe"), f"{path}/withdrawal", 403)
    forge(as_("ada"), f"{path}/withdrawal", 302)
    assert "Withdrawn by" in as_("alan").get(path)
    assert "decided already" in forge(as_("alan"), f"{path}/withdrawal", 409)
    ask(as_("ada"), id_of(app, "ugo")).submit(status=302)


@pytest.mark.parametrize(
    ("old_becomes", "role", "state"),
    [
        (OldBecomes.ADMIN, "admin", "active"),
        (OldBecomes.USER, "user", "active"),
        (OldBecomes.DISABLED, "user", "disabled"),
    ],
)
def test_an_approval_hands_over(app, as_, old_becomes, role, state):
    ask(as_("alan"), id_of(app, "uma")).submit(status=302)
    as_("uma"), as_("ada")
    decide(app, lambda wish, session, pat: wish.approve(session, old_becomes=old_becomes, by=pat))
    assert look(app, "uma") | {"role": "super_user", "rights": {"download_license", "request_support"}} == look(
        app, "uma"
    )
    assert look(app, "ada") | {"role": role, "state": state} == look(app, "ada")
    for who in ("uma", "ada"):
        assert "/login" in as_(who).get("/", status=302).location
    assert told(app, "request_approved") == {"ada", "alan", "abe", "uma"}
    history = as_("alan").get("/history/")
    assert "Pat Lindner (provider) approved: Uma Dietrich is the super user now" in history
    shown = as_("alan").get("/super-user-requests/").html.select_one("table.list .main a")["href"]
    assert "Pat Lindner (provider)" in as_("alan").get(shown)


def test_a_refusal_stands_with_its_reason(app, as_):
    ask(as_("alan"), id_of(app, "uma")).submit(status=302)
    decide(app, lambda wish, session, pat: wish.decline(session, reason="Please send a signed letter", by=pat))
    page = as_("ada").get(as_("ada").get("/super-user-requests/").html.select_one("table.list .main a")["href"])
    assert "Please send a signed letter" in page
    assert "Declined" in page
    assert look(app, "ada")["role"] == "super_user"


def test_a_company_without_a_super_user_is_told_why_it_cannot_ask(app, as_):
    with app.app_context():
        Customer.create(db.session(), id="delta", name="Delta", by=None)
        db.session.commit()
        db.session.remove()
    make(app, "dan", customer="delta", role=PortalRole.ADMIN)
    make(app, "deb", customer="delta")
    assert "no super user yet" in ask(as_("dan"), id_of(app, "deb")).submit(status=409)


def test_request_pages_take_a_fixed_number_of_statements(app, as_, statements):
    page = ask(as_("alan"), id_of(app, "uma")).submit(status=302).follow()
    for address, count in (("/super-user-requests/", 2), (page.request.path, 3), ("/company", 4)):
        statements.clear()
        as_("alan").get(address)
        assert len(statements) == count, address
