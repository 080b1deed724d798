"""How the tests of downloads and releases read and fill in the pages."""

from __future__ import annotations

from sqlalchemy import select
from webtest import Upload

from portal.database import db
from portal.licensing.releases.models import Package
from portal.storage import File

SIGNATURE = b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"


def versions(page) -> list[str]:
    return [title.text for title in page.html.select("details.release h2")]


def best(page) -> str:
    return page.html.select_one(".best h2").text


def names(page) -> set[str]:
    """Return the names of all packages the page offers."""
    return {row.select_one(".second").text for row in page.html.select("table.packages .main")}


def editions(page) -> set[str]:
    return {title.text for title in page.html.select("details.release h3")}


def draft(as_, number: str = "2.4.0p5", **fields: str):
    """Fill in the form of a new release and return the page of the draft."""
    form = as_("pat").get("/provider/releases/new").forms["release"]
    form["number"] = number
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=302).follow()


def upload(page, *names: str, status: int = 302, **fields: str):
    """Add packages on the page of a draft."""
    form = page.forms["packages"]
    form["files"] = [Upload(name, SIGNATURE if name.endswith((".asc", ".sig")) else name.encode()) for name in names]
    for name, value in fields.items():
        form[name] = value
    answer = form.submit(status=status)
    return answer.follow() if status == 302 else answer


def press(page, ending: str, status: int = 302, **fields: str):
    """Send the page's form to the address that ends so."""
    form = next(form for form in page.forms.values() if form.action.endswith(ending))
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def packages(app) -> set[tuple[str, str, str, str]]:
    with app.app_context():
        found = db.session.execute(
            select(File.name, Package.edition, Package.platform, Package.signature_name).join(Package.file)
        ).all()
        db.session.remove()
    return {tuple(row) for row in found}


def stored(app) -> int:
    """Return how many files of packages lie on the disk."""
    with app.app_context():
        kept = [path for path in (app.config["DATA"] / "files").glob("*/*") if path.is_file()]
        known = db.session.scalars(select(File).where(File.purpose == "package")).all()
        assert {file.path for file in known} <= set(kept)
        db.session.remove()
    return len(kept)
