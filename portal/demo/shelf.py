"""The demo's releases: packages that unpack, published over the past months, one withdrawn, one a beta; and news."""

from __future__ import annotations

import gzip
import io
import random
import tarfile

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import signing, storage
from ..accounts.users import User
from ..database import at
from ..licensing.news.models import News, Topic
from ..licensing.releases.fetched import Fetched, Way
from ..licensing.releases.models import EDITION_NAMES, Package, Release
from .past import on

NAMES = {"cre": "raw", "cee": "enterprise", "cce": "cloud", "cme": "managed"}
FILLING = 80_000
"""Bytes that do not get smaller: a package is small, yet takes a moment to send."""
MOST = 1_000_000

RELEASES = (
    ("2.3.0p38", 190, ("jammy",), "Maintenance of the 2.3 line: 41 corrections, no new features."),
    ("2.4.0", 150, ("jammy",),
     "The first stable version of 2.4.\n\n- Graphs load in half the time\n- Notification rules can be tried out\n"
     "- Sites without a master can be updated in any order"),
    ("2.4.0p6", 92, ("jammy", "bookworm"), "29 corrections, 14 of them in the agents."),
    ("2.4.0p7", 79, ("jammy", "bookworm"),
     "Takes the place of 2.4.0p6.\n\n- Corrects the loss of history that made us withdraw 2.4.0p6\n"
     "- Closes a hole through which a signed-in user could read the names of hosts of other contact groups"),
    ("2.4.0p12", 20, ("jammy", "bookworm", "docker"),
     "33 corrections.\n\n- Disk counters of Windows are found after a rebuild of the registry\n"
     "- Livestatus closes connections that nobody reads from\n- Reports end on the last day of the month"),
    ("2.5.0b1", 9, ("jammy",), "The first beta of 2.5, for tests only: updates from it to the stable version are not "
     "supported."),
)  # fmt: skip
"""Number, how many days ago, platforms, notes."""


def fill(session: Session) -> None:
    """Publish the releases, put downloads on record and write news; nothing is committed."""
    people = {user.username: user for user in session.scalars(select(User))}
    pat = people["pat"]
    made = {}
    for number, days, platforms, notes in RELEASES:
        with at(on(days, "09:30")):
            made[number] = _publish(session, number, platforms, notes, pat)
    with at(on(85, "15:12")):
        _take(session, made["2.4.0p6"], "cce", "bookworm", people["uma"])
    with at(on(80, "17:45")):
        made["2.4.0p6"].withdraw(
            session,
            "After an update to 2.4.0p6 the history of hosts can get lost when a site restarts twice within a minute. "
            "Update to **2.4.0p7**; until then, do not restart sites.",
            by=pat,
        )
    with at(on(79, "10:05")):
        made["2.4.0p7"].mark_as(session, "security", by=pat)
        News.write(
            session, Topic.SECURITY, title="Security: update to 2.4.0p7",
            body="In versions 2.4.0 to 2.4.0p6 a signed-in user of a site could read the names of hosts that belong to "
            "other contact groups. 2.4.0p7 closes this. Nothing else was readable, and nothing could be changed.",
            by=pat,
        )  # fmt: skip
    with at(on(20, "09:45")):
        News.announce(session, made["2.4.0p12"], by=pat)
    with at(on(18, "08:20")):
        _take(session, made["2.4.0p12"], "cce", "bookworm", people["alan"])
        _take(session, made["2.4.0p12"], "cee", "jammy", people["bob"])


def _publish(session: Session, number: str, platforms: tuple[str, ...], notes: str, pat: User) -> Release:
    release = Release.draft(session, number=number, notes=notes, by=pat)
    for edition in NAMES:
        for platform in platforms:
            content, name = _package(number, edition, platform), _name(number, edition, platform)
            file = storage.save(
                session, io.BytesIO(content), name=name, purpose="package", customer_id=None, by_id=pat.id, limit=MOST
            )
            package = release.add(session, file, edition=edition, platform=platform, by=pat)
            package.sign(signing.private().sign(content))
    release.publish(session, by=pat)
    return release


def _name(number: str, edition: str, platform: str) -> str:
    if platform == "docker":
        return f"check-mk-{NAMES[edition]}-docker-{number}.tar.gz"
    return f"check-mk-{NAMES[edition]}-{number}_0.{platform}_amd64.deb"


def _package(number: str, edition: str, platform: str) -> bytes:
    """Return a package that unpacks: a README says that it belongs to the demo and installs nothing."""
    readme = (
        f"{EDITION_NAMES[edition]} {number} for {platform}\n\nThis package belongs to the demo of the customer portal. "
        "It installs no monitoring.\n"
    )
    filling = random.Random(f"{number} {edition} {platform}").randbytes(FILLING)
    folder = "usr/share/doc/check-mk-demo"
    data = _archive({f"{folder}/README": readme.encode(), f"{folder}/filling": filling})
    if platform == "docker":
        return data
    control = (
        f"Package: check-mk-{NAMES[edition]}-{number}\nVersion: 0.{platform}\nArchitecture: amd64\n"
        f"Maintainer: Nordwind Monitoring GmbH <service@nordwind.example>\nDescription: demo of the customer portal\n"
    )
    members = (("debian-binary", b"2.0\n"), ("control.tar.gz", _archive({"control": control.encode()})))
    return b"!<arch>\n" + b"".join(_member(*member) for member in (*members, ("data.tar.gz", data)))


def _archive(files: dict[str, bytes]) -> bytes:
    """Return a tar.gz, always the same for the same files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), compresslevel=1, mtime=0)


def _member(name: str, content: bytes) -> bytes:
    """Return an entry of an ar archive, as deb packages are."""
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
    return head + content + b"\n" * (len(content) % 2)


def _take(session: Session, release: Release, edition: str, platform: str, by: User) -> None:
    package: Package = next(p for p in release.packages if (p.edition, p.platform) == (edition, platform))
    values = {"package_id": package.id, "user_id": by.id, "customer_id": by.customer_id}
    session.add(Fetched(way=Way.BROWSER, address="192.0.2.17", **values))
