"""Programs: a machine account of acme's and its scripts, the old addresses of the seed, a token of ada's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.e2e.acting import curl, press, read, secret_of
from tests.e2e.chromium import Visitor
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.factories.core import Core

Enter = Callable[..., Visitor]
DOWNTIMES = "GET downtimes\nFilter: host_name = shop-web-02\nColumns: author comment"
WEB_TEAM = {"shop-web-01", "shop-web-02"}


@pytest.fixture(scope="module")
def changeable(acting: Portal) -> Portal:
    return acting


@pytest.fixture(scope="module")
def permissive(acting: Portal) -> Iterator[Portal]:
    """The same portal served once more, by an operator who takes secrets in addresses."""
    settings = {"PORTAL_SECRETS_IN_ADDRESSES": "yes", "PORTAL_SIGN_IN_BY_ADDRESS": "yes"}
    with Portal(acting.data.with_name("permissive"), like=acting, settings=settings) as live:
        yield live


@pytest.fixture(scope="module")
def secret(window, acting: Portal) -> str:
    """What pat was shown, once, when pat made a machine account for acme's web team."""
    pat = Visitor(window, acting.address).sign_in("pat")
    page = pat.open("/provider/access/users/new")
    page.get_by_label("Username").fill("automation")
    page.get_by_label("Full name").fill("Scripts of the web team")
    page.get_by_label("Customer").fill("acme")
    page.get_by_role("radio", name="Automation secret for machine accounts").check()
    page.get_by_role("checkbox", name="Also keep the secret in a file").check()
    page.get_by_label("Contact groups (optional)").fill("acme-web")
    press(page, "Save")
    inspect(pat)
    thrown = secret_of(page)
    assert len(thrown) >= 10
    page.goto("/provider/access/users/?q=automation")
    page.locator("td.main a").first.click()
    assert thrown not in page.content()
    pat.close()
    return thrown


def hosts(answer) -> set[str]:
    return {row["name"] for row in answer["items"]}


def test_a_machine_account_reads_what_its_groups_are_responsible_for(acting: Portal, secret: str, enter: Enter):
    hosts_of = f"{acting.address}/api/v1/hosts"
    assert hosts(read("-H", f"Authorization: Bearer automation {secret}", hosts_of)) == WEB_TEAM
    assert hosts(read("-u", f"automation:{secret}", hosts_of)) == WEB_TEAM
    for words in ([], ["-u", "automation:not the secret"]):
        assert curl(*words, hosts_of)[0] == 401
    stranger = enter()
    page = stranger.open("/login")
    page.get_by_label("Username").fill("automation")
    page.get_by_label("Password", exact=True).fill(secret)
    press(page, "Sign in")
    assert "/login" in page.url


def test_the_downtime_script_needs_the_name_of_a_host_alone(acting: Portal, secret: str, hamburg: Core, tmp_path: Path):
    script = tmp_path / "downtime"
    script.write_text(curl(f"{acting.address}/api/v1/downtime")[1])
    kept = acting.data / "automation" / "automation.secret"
    assert (kept.read_text().strip(), kept.stat().st_mode & 0o777) == (secret, 0o600)
    given = {"PORTAL_DATA": str(acting.data), "PORTAL_BASE_URL": acting.address}

    def run(*words: str) -> str:
        command = [sys.executable, str(script), *words]
        return subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout

    assert "--remove" in run("--help")
    run("shop-web-02")
    assert hamburg.rows(DOWNTIMES) == [["automation", "Automatic downtime"]]
    run("--remove", "shop-web-02")
    assert hamburg.rows(DOWNTIMES) == []
    with pytest.raises(subprocess.CalledProcessError):
        run("mail-01")


def by_secret(portal: Portal, secret: str) -> tuple[int, str]:
    """Open a view as the seed's section 8 does."""
    return curl(
        f"{portal.address}/mysite/check_mk/view.py?_username=automation&_secret={secret}"
        "&view_name=svcproblems&output_format=json"
    )


def by_password(portal: Portal, username: str) -> tuple[int, str]:
    """Sign in as the seed's section 9 does."""
    return curl(
        f"{portal.address}/mysite/check_mk/login.py?_origtarget=/mysite/check_mk/dashboard.py?name=mydashboard"
        f"&_username={username}&_password={PASSWORD}&_login=1"
    )


def test_secrets_in_addresses_open_nothing_unless_the_operator_says_so(acting: Portal, secret: str):
    status, body = by_secret(acting, secret)
    assert (status, "shop-web" in body) == (401, False)
    status, body = by_password(acting, "gil")
    assert (status, "<form" in body) == (200, True)


def test_where_the_operator_says_so_the_scripts_of_the_seed_run(permissive: Portal, secret: str):
    status, body = by_secret(permissive, secret)
    heading, *rows = json.loads(body)
    assert (status, heading[:3]) == (200, ["service_state", "host", "service_description"])
    assert {row[heading.index("host")] for row in rows} <= WEB_TEAM
    assert rows
    assert by_secret(permissive, "not-the-secret")[0] == 401
    assert by_password(permissive, "gil")[0] == 302
    for username in ("pat", "ada", "automation"):
        assert by_password(permissive, username)[0] == 200
    assert secret not in permissive.log.read_text()


def test_a_token_of_adas_reads_her_tickets_until_she_revokes_it(acting: Portal, enter: Enter):
    ada = enter("ada")
    page = ada.open("/profile")
    page.get_by_role("link", name="Access tokens").click()
    page.get_by_label("What it is for").fill("Report of tickets")
    page.get_by_label("Last day").fill((datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    press(page, "Make the token")
    token = secret_of(page)
    inspect(ada)
    asked = ("-H", f"Authorization: Bearer {token}", f"{acting.address}/api/v1/tickets")
    there = read(*asked)["items"]
    assert there
    ada.open("/profile/tokens")
    assert token not in page.content()
    page.locator("summary", has_text="Revoke").first.click()
    press(page, "Revoke it")
    assert curl(*asked)[0] == 401
