"""What is released to whom, from the provider's pages to a site's own curl: acme's snapshots hold nothing of beta's.

All that pat types for a customer holds the name of its tree, so that whatever strays is found by it.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.users import User
from portal.customers.elements import Element
from portal.customers.models import Customer
from portal.database import db
from portal.setup.everything import TITLE as EVERYTHING
from tests.e2e.chromium import Visitor
from tests.e2e.portal import Portal, close
from tests.factories.certificates import certificate

TREES = {"acme": "juniper", "beta": "sequoia"}
SITES = {customer: f"{tree}_site" for customer, tree in TREES.items()}
SECRETS = {customer: f"rings of the {tree}: 4711" for customer, tree in TREES.items()}
NEW, NEW_SITE = "larch", "larch_site"
LEAK = "Breaks of Beta AG"


@pytest.fixture(scope="module")
def changeable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own that holds the demo and nothing else."""
    with Portal(tmp_path_factory.mktemp("provider") / "data") as live:
        yield live


def send(page: Page, address: str, button: str, **fields: str) -> None:
    """Fill in the form of a page, by the names of its fields, and send it."""
    page.goto(address)
    for name, value in fields.items():
        page.locator(f'main form [name="{name}"]').first.fill(value)
    page.get_by_role("button", name=button, exact=True).click()


def add(page: Page, kind: str, **fields: str) -> None:
    """Add an element; its page is then shown."""
    send(page, f"/provider/setup/{kind}/new", "Add", **fields)
    expect(page.get_by_role("heading", level=1)).to_have_text(fields["title"])


def connect(page: Page, customer: str, site: str) -> None:
    """Connect a site at which nothing answers."""
    send(
        page, "/provider/sites/new", "Connect the site", id=site, alias=f"Site of {site}", customer=customer,
        livestatus="tcp:127.0.0.1:9",
    )  # fmt: skip
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Site of {site}")
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#tested")).to_contain_text("Dead")


def release(page: Page, customer: str) -> None:
    """Add an element of each kind for a customer, its rule into a pack that belongs to nobody."""
    tree = TREES[customer]

    def named(what: str) -> dict[str, str]:
        return {"id": f"{tree}_{what}", "title": f"The {what} of {tree}", "customer": customer}

    add(page, "contact-groups", **named("people"))
    add(page, "host-groups", **named("hosts"))
    add(page, "passwords", **named("password"), password=SECRETS[customer], owner=f"{tree}_people")
    add(page, "ldap-connections", **named("directory"), server=f"ldap.{tree}.example", base_dn=f"dc={tree},dc=example",
        bind_dn=f"cn={tree}", bind_password=f"bound, {SECRETS[customer]}")  # fmt: skip
    add(page, "bi-aggregations", **named("whole"), nodes=f"{tree}-01\n{tree}-02;CPU load",
        contact_groups=f"{tree}_people")  # fmt: skip
    add(page, "rules", **named("rule"), pack="timber", match=f"{tree} fell", action=f"call_{tree}",
        password=f"{tree}_password")  # fmt: skip


def token(page: Page, site: str) -> str:
    """Make a site's token; return the command with which it fetches its configuration."""
    page.goto(f"/provider/sites/{site}")
    page.get_by_role("button", name="Make its token").click()
    return page.locator("#fetch").inner_text()


def fetch(command: str, folder: Path) -> tuple[int, str]:
    """Run the command that the page shows, as a site would; return status and what came."""
    folder.mkdir()
    words = [*shlex.split(command), "--silent", "--write-out", "%{http_code}"]
    status = subprocess.run(words, cwd=folder, capture_output=True, check=True).stdout
    (file,) = folder.iterdir()
    return int(status), file.read_text()


def snapshots(page: Page, site: str) -> list[str]:
    """Export every snapshot of a site from its page."""
    page.goto(f"/provider/changes/sites/{site}")
    links = page.get_by_role("link", name="Download").all()
    assert links
    return [page.request.get(str(link.get_attribute("href"))).text() for link in links]


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a document, names of fields too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def marks(live: Portal, customer: str, pem: str) -> set[str]:
    """Return by what one knows a customer: it, its people, sites and elements by name and ID, secrets, certificate."""
    app = live.app()
    with app.app_context():
        rows = [
            *db.session.execute(select(Customer.id, Customer.name).where(Customer.id == customer)),
            *db.session.execute(
                select(Element.key, Element.title).where(Element.customer_id == customer, Element.title != EVERYTHING)
            ),
            *db.session.execute(select(User.username, User.name, User.email).where(User.customer_id == customer)),
        ]
    close(app)
    words = {word for row in rows for word in row} | {TREES[customer], SITES[customer]}
    lines = {line for line in pem.splitlines()[1:-1] if len(line) == 64}
    return words | lines | {SECRETS[customer], f"bound, {SECRETS[customer]}"}


def found_in(text: str, words: set[str]) -> set[str]:
    """Return which of these words a snapshot holds: long ones anywhere, short ones by themselves."""
    held = list(strings(json.loads(text)))
    return {word for word in words if any(word == one or len(word) > 5 and word in one for one in held)}


def test_pat_releases_setup_and_no_snapshot_of_acme_holds_anything_of_beta(enter, changeable: Portal, tmp_path: Path):
    pat: Visitor = enter("pat")
    page = pat.page
    send(page, "/provider/customers/new", "Create the customer", id=NEW, name="Larch Ltd")
    for customer, site in (*SITES.items(), (NEW, NEW_SITE)):
        connect(page, customer, site)
    add(page, "rule-packs", id="timber", title="Timber", customer="")
    for customer in TREES:
        release(page, customer)
    authorities = {customer: certificate(f"Root of the {tree}") for customer, tree in TREES.items()}
    for customer, pem in authorities.items():
        send(page, f"/provider/sites/{SITES[customer]}/settings", "Trust it", pem=pem)
        expect(page.locator("#authorities")).to_contain_text(f"Root of the {TREES[customer]}")

    add(page, "time-periods", id="breaks", title=LEAK, monday="12:00-13:00")
    page.goto("/provider/setup/leaks/")
    leak = page.locator("ol.leaks li", has_text=LEAK)
    expect(leak).to_contain_text("Moderate risk")
    leak.get_by_role("link", name=LEAK).click()
    page.get_by_label("Title").fill("Breaks")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/provider/setup/leaks/")
    expect(page.locator("main")).not_to_contain_text(LEAK)

    page.goto("/provider/changes/")
    expect(page.locator("main")).to_contain_text("The password of sequoia")
    page.get_by_role("button", name="Activate for all sites that wait").click()
    expect(page.locator(".message.bad")).to_contain_text("Larch Ltd")
    for site in (*SITES.values(), "acme_hamburg"):
        page.locator(f"#site-{site}").check()
    page.get_by_role("button", name="Activate for the sites chosen above").click()
    expect(page.locator("main > .message.good")).to_contain_text("Activated for 3 sites.")

    commands = {customer: token(page, site) for customer, site in SITES.items()}
    documents = {}
    for customer, command in commands.items():
        status, documents[customer] = fetch(command, tmp_path / customer)
        assert status == 200, documents[customer]
        assert snapshots(page, SITES[customer]) == [documents[customer]]
        page.goto(f"/provider/changes/sites/{SITES[customer]}")
        expect(page.locator("main")).to_contain_text("Fetched")
    status, said = fetch(commands["beta"].replace(SITES["beta"], SITES["acme"]), tmp_path / "strange")
    assert status == 401
    assert TREES["acme"] not in said

    known = {customer: marks(changeable, customer, authorities[customer]) for customer in TREES}
    assert known["acme"] & known["beta"] == set()
    for customer, other, sites in (
        ("acme", "beta", (SITES["acme"], "acme_hamburg", "acme_lab")), ("beta", "acme", (SITES["beta"], "beta_zurich")),
    ):  # fmt: skip
        assert found_in(documents[customer], known[customer]) == known[customer]
        for site in sites:
            for text in snapshots(page, site):
                assert found_in(text, known[other]) == set(), f"{site} knows of {other}"


def test_gil_sees_it_all_and_has_no_act_and_ada_finds_nothing(enter):
    gil, site = enter("gil"), SITES["acme"]
    acts = ("Add", "Edit", "Delete", "Remove", "Make", "Trust", "Move", "Activate", "Roll back", "Test", "Disable")
    for address in (
        "/provider/customers/", "/provider/sites/", f"/provider/sites/{site}", "/provider/setup/passwords/",
        "/provider/setup/passwords/juniper_password", "/provider/setup/leaks/", "/provider/changes/",
        f"/provider/changes/sites/{site}", "/provider/monitoring/",
    ):  # fmt: skip
        main = gil.open(address).get_by_role("main")
        offered = [*main.get_by_role("button").all_inner_texts(), *main.get_by_role("link").all_inner_texts()]
        assert [text for text in offered if text.startswith(acts) or text.startswith("Download")] == [], address
        assert SECRETS["acme"] not in gil.page.content()
    for address in (
        "/provider/setup/passwords/new", "/provider/setup/passwords/juniper_password/edit", "/provider/sites/new",
        f"/provider/sites/{site}/edit", f"/provider/sites/{site}/settings", f"/provider/sites/{site}/customer",
        f"/provider/changes/sites/{site}/snapshots/1.json",
    ):  # fmt: skip
        gil.open(address, status=403)
    ada = enter("ada")
    for address in (
        "/provider/", "/provider/customers/", "/provider/sites/", f"/provider/sites/{site}", "/provider/changes/",
        "/provider/setup/", "/provider/setup/passwords/juniper_password", "/provider/setup/leaks/",
        f"/provider/changes/sites/{site}/snapshots/1.json", "/provider/monitoring/", "/provider/monitoring/hosts/",
    ):  # fmt: skip
        ada.open(address, status=404)
    ada.open("/monitoring/")
    expect(ada.page.locator("main")).to_contain_text(f"Site of {site}")
    assert TREES["beta"] not in ada.page.content()
