"""The pictures of the pages: `make pictures` takes them anew from a portal made for it and thrown away."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, StorageState

from tests.cast import EVERYBODY
from tests.e2e.chromium import Visitor, chromium
from tests.e2e.portal import Portal

FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "four quiet words at dusk"  # noqa: S105 - of a portal that lives for a minute
DESK = {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 1}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
LETTER = FilePayload(
    name="Appointment of Alan Becker.txt", mimeType="text/plain", buffer=b"Signed: the board.\n" * 2000
)
END = "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom + 32"
"""Where a page's content ends."""
LARGEST = 150_000
"""Bytes a picture may have."""


Cookies = dict[str, StorageState]


class Shot(NamedTuple):
    """A page: its picture's name, its title in the gallery, who looks, where, and the first row to follow, if any."""

    name: str
    title: str
    person: str
    address: str
    follow: str = ""
    dark: tuple[str, ...] = ()


SHOTS = (
    Shot("home", "Home: what waits for the company", "ada", "/", dark=("desk",)),
    Shot("people", "People, and what each may do", "ada", "/users/"),
    Shot("person", "Role and rights of a person", "ada", "/users/?q=uma", "Edit Uma Dietrich"),
    Shot("invoices", "Invoices and bills", "ada", "/documents/invoices/", dark=("phone",)),
    Shot("invoice", "An invoice: what is left to pay, and how", "ada", "/documents/invoices/?state=overdue", "INV"),
    Shot("tasks", "Tasks by project", "ada", "/documents/tasks/?group=project", dark=("desk",)),
    Shot("licenses", "My Licenses", "uma", "/licenses/"),
    Shot("license", "A licence, and how much of it is used", "ada", "/licenses/", "Checkmk Cloud", dark=("desk",)),
    Shot("downloads", "Downloads", "uma", "/downloads/"),
    Shot("ticket", "A ticket", "ada", "/support/tickets/", "Windows agents"),
    Shot("queue", "The queue of support", "pat", "/provider/support/tickets/"),
    Shot("desk", "A ticket on the desk of support", "pat", "/provider/support/tickets/", "Livestatus"),
    Shot("history", "What happened in the company", "ada", "/history/"),
    Shot("waiting", "The vendor's start page: what waits", "pat", "/provider/", dark=("phone",)),
    Shot("customer", "A customer, as the vendor sees it", "pat", "/provider/customers/acme"),
    Shot("request", "A super-user request to decide", "pat", "/provider/requests/", "Alan Becker"),
    Shot("monitoring", "Monitoring of the company's own sites", "ada", "/monitoring/", dark=("phone",)),
    Shot("dashboard", "Monitoring of all customers", "pat", "/provider/monitoring/", dark=("desk",)),
    Shot("site", "A site: its connection, its configuration, its token", "pat", "/provider/sites/acme_hamburg"),
    Shot("changes", "Changes that wait for an activation", "pat", "/provider/changes/"),
    Shot("leaks", "What setup tells readers of others", "pat", "/provider/setup/leaks/"),
    Shot("users", "Users: staff, customers' people and programs", "pat", "/provider/access/users/"),
    Shot("matrix", "What each role grants", "pat", "/provider/access/roles/matrix", dark=("desk",)),
    Shot(
        "responsible",
        "Who is responsible for a host, and why",
        "pat",
        "/provider/setup/folders/sites/acme_hamburg/host?name=shop-web-01",
    ),
    Shot(
        "told",
        "Who would be told of a host that goes down",
        "pat",
        "/provider/monitoring/notifications/?site=acme_hamburg&host=shop-web-01&event=down",
    ),
)


def main() -> None:
    """Start a portal, let people do a few things in it, and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Portal(Path(folder) / "data", cores=True) as portal,
        chromium() as browser,
    ):
        for username in EVERYBODY:
            portal.run("set-password", username, given=f"{PASSWORD}\n".encode())
        cookies = live(browser, portal)
        for device, wishes in (("desk", DESK), ("phone", PHONE)):
            for theme in ("light", "dark"):
                take(browser, portal, cookies, device, theme, color_scheme=theme, **wishes)


def live(browser: Browser, portal: Portal) -> Cookies:
    """Let the cast do what the pages then tell of; return each one's cookies."""
    people = {shot.person for shot in SHOTS} | {"alan"}
    windows = {name: Visitor(browser, portal.address).sign_in(name, PASSWORD) for name in sorted(people)}
    page = windows["ada"].open("/users/new")
    page.get_by_label("Name", exact=True).fill("Ines Falk")
    page.get_by_label("E-mail").fill("ines.falk@acme.example")
    page.get_by_role("radio", name="User").check()
    page.get_by_role("checkbox", name="Download").check()
    done(page, "Send the invitation")
    windows["ada"].open("/users/?q=ugo")
    page.get_by_role("link", name="Edit Ugo Evans").click()
    page.get_by_role("checkbox", name="Request").check()
    done(page, "Save")
    page = windows["alan"].open("/super-user-requests/new")
    me = page.locator("datalist option[label^=Alan], datalist option", has_text="Alan Becker").first
    page.get_by_label("Who should become").fill(me.get_attribute("value") or "")
    page.get_by_label("Why?").fill("Ada Arnold leaves the company at the end of the month; I take over from her.")
    page.get_by_label("Evidence").set_input_files(LETTER)
    done(page, "Send the request")
    cookies: Cookies = {name: visitor.context.storage_state() for name, visitor in windows.items()}
    for visitor in windows.values():
        visitor.close()
    return cookies


def done(page: Page, name: str) -> None:
    """Press a button and wait for what the portal says to it."""
    page.get_by_role("button", name=name).click()
    page.locator("main > .message.good").wait_for()


def take(browser: Browser, portal: Portal, cookies: Cookies, device: str, theme: str, **wishes: object) -> None:
    """Take the pictures for one device in one theme."""
    for shot in SHOTS:
        if theme == "dark" and device not in shot.dark:
            continue
        visitor = Visitor(browser, portal.address, storage_state=cookies[shot.person], **wishes)
        page = visitor.open(shot.address)
        if shot.follow:
            page.locator("td a, .licenses a").filter(has_text=shot.follow).first.click()
            page.wait_for_load_state()
        if device == "desk":
            page.set_viewport_size({"width": 1280, "height": max(560, min(900, int(page.evaluate(END))))})
        save(page.screenshot(), name_of(shot, device, theme))
        visitor.close()


def name_of(shot: Shot, device: str, theme: str) -> str:
    """Return a picture's file name: `home.png`, `home-phone.png`, `home-dark.png`."""
    return shot.name + ("-phone" if device == "phone" else "") + ("-dark" if theme == "dark" else "") + ".png"


def save(picture: bytes, name: str) -> None:
    """Save a picture with as few colours as it needs; raise ValueError when it is large all the same."""
    path = FOLDER / name
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{name} has {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
