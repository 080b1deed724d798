"""What is done to a site: a token, a test of its connection, another customer, and who may do it."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
from sqlalchemy import select

from portal.contacts.inventory import Host, Sweep
from portal.database import db, now
from portal.monitoring import poller
from portal.monitoring.livestatus.answers import Answer, SiteState
from portal.seals import digest
from portal.setup.certificates import read_certificates
from tests.factories import sites
from tests.factories.certificates import certificate, make
from tests.factories.simulated import Stage
from tests.monitoring.cores import Cores
from tests.provider.helpers import make_customer, post, send

HAMBURG = "/provider/sites/hamburg"


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    cores = Cores()
    monkeypatch.setattr(poller, "ask", cores.ask)
    return cores


@pytest.fixture(autouse=True)
def _hamburg(app):
    sites.connect(app, "hamburg", "acme")


def form_to(page, action):
    return next(form for form in page.forms.values() if form.action.endswith(action))


def test_a_token_is_shown_once_and_the_one_before_ends(app, as_):
    answer = form_to(as_("pat").get(HAMBURG), "/token").submit(status=200)
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.html.select_one("#token").text
    assert answer.html.select_one("label[for=token]").find_next_sibling() is answer.html.select_one("#token")
    command = answer.html.select_one("#fetch").text
    assert f"Bearer {token}" in command
    assert command.endswith("/api/v1/sites/hamburg/configuration")
    assert "/api/v1/sites/fetch_configuration.py" in answer.html.select_one("#script").text
    assert token not in answer.html.select_one("#cron").text
    assert sites.found(app, "hamburg").token_hash == digest(token)
    page = as_("pat").get(HAMBURG)
    assert token not in page
    assert form_to(page, "/token").submit(status=200).html.select_one("#token").text != token
    assert sites.found(app, "hamburg").token_hash != digest(token)
    assert "made a new token for the site hamburg" in as_("pat").get("/provider/customers/acme/history/")


def test_testing_a_connection_says_what_the_site_is(app, as_, monkeypatch):
    version = sites.found(app, "hamburg").version
    said = {"program_version": "2.4.0p1", "edition": "cme", "num_hosts": 1200, "num_services": 34_000}
    monkeypatch.setattr(
        poller, "probe", lambda target: Answer(target.site_id, SiteState.ONLINE, status=said, seconds=0.0321)
    )
    page = form_to(as_("pat").get(HAMBURG), "/connection").submit(status=200)
    tested = page.html.select_one("#tested").text
    for word in ("2.4.0p1", "Checkmk MSP", "1,200", "34,000", "0.032 seconds"):
        assert word in tested
    site = sites.found(app, "hamburg")
    assert (site.edition, site.product_version, site.version) == ("cme", "2.4.0p1", version)
    assert site.reported_at is not None
    assert sites.changes_of(app, "hamburg") == []


def test_a_core_that_does_not_say_its_edition_is_not_held_back(app, as_, monkeypatch):
    said = {"program_version": "r2.13.6-1", "num_hosts": 1, "num_services": 2}
    monkeypatch.setattr(poller, "probe", lambda target: Answer(target.site_id, SiteState.ONLINE, status=said))
    page = post(as_("pat"), f"{HAMBURG}/connection", 200)
    assert "Unknown: this core does not say" in page
    assert "Wrong edition" not in page


def test_a_connection_that_fails_says_why_and_changes_nothing(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "SITE_NETWORKS", "loopback")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sites.connect(app, "closed", "acme", livestatus=f"tcp:127.0.0.1:{port}")
    page = post(as_("pat"), "/provider/sites/closed/connection", 200)
    assert page.html.select_one("#tested .badge").text == "Dead"
    assert len(page.html.select_one("#tested p").text.split()) > 4
    assert sites.found(app, "closed").reported_at is None


def test_a_tls_site_shows_its_certificate(app, as_, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "SITE_NETWORKS", "loopback")
    pem, key = make("web", is_ca=False)
    (tmp_path / "site.pem").write_text(pem + key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "site.pem")
    stage = Stage()
    core = stage(site_id="web", tls=tls)
    try:
        sites.connect(app, "web", "acme", livestatus=f"tls:127.0.0.1:{core.port}", tls_ca=pem)
        tested = post(as_("pat"), "/provider/sites/web/connection", 200).html.select_one("#tested").text
        sites.connect(app, "other", "acme", livestatus=f"tls:127.0.0.1:{core.port}", tls_ca=certificate("Other"))
        distrusted = post(as_("pat"), "/provider/sites/other/connection", 200).html.select_one("#tested").text
    finally:
        stage.close()
    assert "CN=web" in tested
    assert read_certificates(pem)[0].fingerprint in tested
    assert "certificate" in distrusted
    assert "CN=web" not in distrusted


def test_what_answers_there_and_is_no_core_is_told_apart(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "SITE_NETWORKS", "loopback")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        sites.connect(app, "web", "acme", livestatus=f"tcp:127.0.0.1:{server.getsockname()[1]}")
        page = post(as_("pat"), "/provider/sites/web/connection", 200)
        thread.join()
    assert "does not speak Livestatus" in page.html.select_one("#tested").text


def test_a_move_shows_first_what_leaves_and_what_arrives(app, as_):
    sites.element(app, "contact-groups", "docks", "acme", "Docks")
    sites.element(app, "contact-groups", "banks", "beta", "Banks")
    sites.element(app, "contact-groups", "everybody", None, "Everybody")
    form = as_("pat").get(HAMBURG).click("Move to another customer").forms["choice"]
    form["customer"] = "beta"
    page = form.submit()
    leaves, arrives = (card.text for card in page.html.select(".grid .card"))
    assert "Docks" in leaves
    assert "Ada Arnold" in leaves
    assert "Bea" not in leaves
    assert "Banks" in arrives
    assert "Bea" in arrives
    assert "Docks" not in arrives
    assert "Everybody" not in leaves + arrives
    assert sites.found(app, "hamburg").customer_id == "acme"
    assert "Hamburg belongs to Beta AG now." in page.forms["move"].submit(status=302).follow()
    assert sites.found(app, "hamburg").customer_id == "beta"
    assert sites.changes_of(app, "hamburg") == [("moved", {"customer": ["acme", "beta"]})]
    for customer, sentence in (("acme", "hamburg to another customer"), ("beta", "hamburg here from another customer")):
        assert f"moved the site {sentence}" in as_("pat").get(f"/provider/customers/{customer}/history/")


def test_no_customer_learns_where_a_site_goes_or_came_from(app, as_):
    as_("pat").get(f"{HAMBURG}/customer?customer=beta").forms["move"].submit(status=302)
    for username, other in (("ada", "beta"), ("bea", "acme")):
        for path in ("/history/", "/history.csv"):
            answer = as_(username).get(path)
            assert "hamburg" in answer.text
            assert other not in answer.text.lower()


def test_the_token_that_the_former_customer_may_know_ends_with_the_move(app, as_):
    post(as_("pat"), f"{HAMBURG}/token", 200)
    page = as_("pat").get(f"{HAMBURG}/customer?customer=beta")
    assert "people of Acme GmbH may know" in page
    page = page.forms["move"].submit(status=302).follow()
    assert "the site cannot fetch its configuration" in page
    assert sites.found(app, "hamburg").token_hash is None


def test_many_elements_are_counted_and_the_first_are_named(app, as_):
    for number in range(23):
        sites.element(app, "contact-groups", f"g{number}", "beta", f"Group {number:02}")
    page = as_("pat").get(f"{HAMBURG}/customer?customer=beta")
    assert "Group 18" in page
    assert "Group 19" not in page  # Everything of Beta AG stands before them
    assert "and 4 more" in page


def test_hosts_go_with_their_site_and_leave_with_it(app, as_):
    with app.app_context():
        db.session.add(Host(site_id="hamburg", customer_id="acme", name="web", name_key="web", seen_at=now()))
        db.session.add(Sweep(site_id="hamburg", customer_id="acme", hosts=1, problems=3, host_problems=1))
        db.session.commit()
        db.session.remove()
    row = as_("gil").get("/provider/customers/").html.find("a", href="/provider/customers/acme").find_parent("tr")
    assert row.find("a", string="1 host")["href"] == "/provider/monitoring/hosts/?site=customer:acme&state=unhandled"
    assert row.find("a", string="2 services")
    as_("pat").get(f"{HAMBURG}/customer?customer=beta").forms["move"].submit(status=302)

    def owners():
        with app.app_context():
            found = (
                db.session.scalars(select(Host.customer_id)).all() + db.session.scalars(select(Sweep.customer_id)).all()
            )
            db.session.remove()
        return found

    assert owners() == ["beta", "beta"]
    post(as_("pat"), f"{HAMBURG}/deletion", 302)
    assert owners() == []


def test_what_was_set_and_trusted_for_the_former_customer_ends(app, as_):
    sites.connect(app, "berlin", "acme", trusted_cas=[certificate("Acme Root")], settings={"log_level": "debug"})
    page = as_("pat").get("/provider/sites/berlin/customer?customer=beta")
    assert "Its trust in these authorities: Acme Root" in page
    assert "Its own global settings: the general ones apply then" in page
    page.forms["move"].submit(status=302)
    moved = sites.found(app, "berlin")
    assert (moved.trusted_cas, moved.settings) == ([], {})


@pytest.mark.parametrize(
    ("customer", "sentence"),
    [
        ("acme", "belongs to this customer already"),
        ("global", "never to all"),
        ("nobody", "Customer missing"),
        ("gone", "Customer missing"),
    ],
)
def test_a_move_to_nowhere_is_told_and_nothing_moves(app, as_, customer, sentence):
    make_customer(app, "gone", archived_at=now())
    page = as_("pat").get(f"{HAMBURG}/customer", {"customer": customer}, status=422)
    assert sentence in page.html.select_one("#customer-error").text
    assert "move" not in page.forms
    assert sentence in post(as_("pat"), f"{HAMBURG}/customer", 422, customer=customer)
    assert sites.found(app, "hamburg").customer_id == "acme"


def test_a_move_that_was_looked_at_before_somebody_elses_is_stale(app, as_):
    form = as_("pat").get(f"{HAMBURG}/customer?customer=beta").forms["move"]
    send(as_("pat"), f"{HAMBURG}/edit", "site", 302, alias="Port")
    assert "Somebody else changed this meanwhile" in form.submit(status=409)
    assert sites.found(app, "hamburg").customer_id == "acme"


def test_the_guest_sees_and_changes_nothing_and_customers_find_nothing(app, as_):
    pages = [f"{HAMBURG}/{page}" for page in ("edit", "customer", "settings")] + ["/provider/sites/new"]
    acts = ["token", "connection", "customer", "deletion", "settings", "authorities", "authorities/ab/removal", "edit"]
    for page in pages:
        as_("gil").get(page, status=403)
        as_("ada").get(page, status=404)
    for act in acts:
        post(as_("gil"), f"{HAMBURG}/{act}", 403)
        post(as_("ada"), f"{HAMBURG}/{act}", 404)
    for page in ("/provider/sites/", HAMBURG):
        as_("gil").get(page)
        as_("ada").get(page, status=404)
    assert sites.found(app, "hamburg").token_hash is None
