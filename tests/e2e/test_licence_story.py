"""What the right to download opens, from the page to the site's own programs: curl, and the verifier of the README."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.customers.subscriptions import today
from tests.e2e.chromium import Visitor
from tests.e2e.portal import Portal
from tests.factories import usage

VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_license.py"


def curl(*arguments: str, data: bytes = b"") -> tuple[int, bytes]:
    """Return status and body of what curl gets."""
    command = ["curl", "--silent", "--write-out", "\n%{http_code}", *arguments]
    body, _, status = subprocess.run(command, input=data, capture_output=True, check=True).stdout.rpartition(b"\n")
    return int(status), body


def generate(uma: Visitor) -> str:
    """Generate credentials under the first licence; return them as curl takes them."""
    uma.open("/licenses/")
    uma.page.locator("ul.licenses a").first.click()
    uma.page.get_by_role("link", name="Generate licensing credentials").click()
    expect(uma.page.get_by_text("Security notice")).to_be_visible()
    uma.page.get_by_label("Label").fill("The central site")
    uma.page.get_by_role("button", name="Generate and show credentials").click()
    return ":".join(
        uma.page.locator(f"#{name}").inner_text().strip() for name in ("licensing-id", "licensing-password")
    )


def test_uma_generates_credentials_and_a_site_reports_and_verifies_with_them(
    enter, changeable: Portal, tmp_path: Path, places
):
    uma = enter("uma")
    credentials = generate(uma)
    api = f"{changeable.address}/api/v1/licensing"
    with changeable.app().app_context():
        day = today()
    report = usage.report(usage.history(day, [120] * 60, instance=uuid.uuid4()))
    status, said = curl("--user", credentials, "--data-binary", "@-", f"{api}/usage", data=report)
    assert status == 200, said
    assert curl("--user", credentials + "x", "--data-binary", "@-", f"{api}/usage", data=report)[0] == 401

    status, answer = curl("--user", credentials, f"{api}/verification")
    assert status == 200
    good, bad, key = tmp_path / "answer.json", tmp_path / "forged.json", tmp_path / "key.pem"
    good.write_bytes(answer)
    key.write_bytes(curl(f"{api}/key.pem")[1])
    bad.write_bytes(answer.replace(b"3", b"4", 1))
    assert "The signature holds" in changeable.run("verify-license", str(good))
    assert "refused" in changeable.run("verify-license", str(bad), fails=True)
    for file, code in ((good, 0), (bad, 1)):
        done = subprocess.run([sys.executable, str(VERIFIER), str(file), str(key)], capture_output=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr

    uma.page.get_by_role("link", name="I have copied both").click()
    expect(uma.page.get_by_role("img", name="services").first).to_be_visible()
    expect(uma.page.locator("#credentials")).to_contain_text("127.0.0.1")
    secret = credentials.split(":")[1]
    assert secret not in uma.page.content()
    ada = enter("ada")
    ada.open("/history/")
    expect(ada.page.locator("main")).to_contain_text("The central site")
    assert secret not in ada.page.content()
    assert json.loads(answer)


@pytest.mark.parametrize("address", ["/downloads/", "/downloads/history/", "/support/tickets/", "/support/tickets/new"])
def test_ugo_sees_licences_and_nothing_that_a_right_opens(enter, address):
    ugo = enter("ugo")
    ugo.open(address, status=404)
    ugo.open("/licenses/")
    ugo.page.locator("ul.licenses a").first.click()
    expect(ugo.page.get_by_role("heading", level=1)).to_contain_text("Checkmk")
    assert ugo.page.get_by_role("link", name="Generate licensing credentials").count() == 0
    assert ugo.page.get_by_role("navigation", name="Main menu").get_by_role("link").all_inner_texts() == [
        "Home", "My Licenses", "Monitoring"
    ]  # fmt: skip


def test_bob_downloads_and_meets_support_nowhere(enter):
    bob = enter("bob")
    bob.open("/downloads/")
    assert "Support" not in bob.page.get_by_role("navigation", name="Main menu").inner_text()
    for address in ("/support/tickets/", "/support/tickets/new", "/support/watchers/"):
        bob.open(address, status=404)


def test_gus_gets_the_free_edition_reads_the_old_ticket_and_can_open_none(enter):
    gus = enter("gus")
    gus.open("/downloads/")
    shown = gus.page.locator("main").inner_text()
    assert "Checkmk Raw" in shown
    for edition in ("Checkmk Enterprise", "Checkmk Cloud"):
        assert gus.page.get_by_role("link", name=edition).count() == 0
    gus.open("/support/tickets/")
    gus.page.locator("main tbody a").first.click()
    expect(gus.page.locator(".conversation")).to_be_visible()
    assert gus.page.get_by_role("button", name="Send the answer").count() == 0
    gus.open("/support/tickets/new", status=403)
    expect(gus.page.locator("main")).to_contain_text("support@provider.example")


def test_a_download_broken_off_at_half_resumes_whole(enter, tmp_path: Path):
    """As `curl -C -` does it on a server without a browser, with a signed link."""
    uma = enter("uma")
    uma.open("/downloads/")
    uma.page.get_by_role("button", name="Link for a server").first.click()
    command = uma.page.locator("#curl").inner_text()
    link = next(word.strip("'\"") for word in command.split() if "/downloads/links/" in word)
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert curl("--output", str(whole), link)[0] == 200
    content = whole.read_bytes()
    part.write_bytes(content[: len(content) // 2])
    assert curl("--continue-at", "-", "--output", str(part), link)[0] == 206
    assert part.read_bytes() == content
