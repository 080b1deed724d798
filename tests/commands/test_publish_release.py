"""`publish-release`: what a build pipeline calls: all of it, or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.database import db
from portal.licensing.releases.models import Package, Release
from tests.factories.releases import deb

SIGNATURE = b"-----BEGIN PGP SIGNATURE-----\n"


@pytest.fixture
def run(app, tmp_path):
    """Call the command with files of these names beside its other words."""

    def call(version: str, *names: str, words: tuple[str, ...] = ()):
        paths = []
        for name in names:
            path = tmp_path / name
            path.write_bytes(SIGNATURE if name.endswith(".asc") else name.encode())
            paths.append(str(path))
        return app.test_cli_runner().invoke(args=["publish-release", version, *paths, *words])

    return call


def kept(app) -> tuple[list[tuple[str, str, str]], int]:
    """Return the releases with their state and stability, and how many files lie on the disk."""
    with app.app_context():
        releases = [(one.number, one.state, str(one.stability)) for one in db.session.scalars(select(Release))]
        db.session.remove()
    return releases, sum(path.is_file() for path in (app.config["DATA"] / "files").glob("*/*"))


def test_a_release_is_published_at_once(app, as_, run, tmp_path):
    (tmp_path / "notes.md").write_text("All **new**")
    name = deb("2.4.0p5", "cee")
    done = run("2.4.0p5", name, f"{name}.asc", deb("2.4.0p5", "cre"), words=("--notes", str(tmp_path / "notes.md")))
    assert done.exit_code == 0, done.output
    assert done.output == "2.4.0p5 is published, with 2 packages\n"
    page = as_("bob").get("/downloads/")
    assert "Checkmk Enterprise 2.4.0p5" in page
    assert "<strong>new</strong>" in page
    with app.app_context():
        package = db.session.scalars(select(Package).where(Package.edition == "cee")).one()
        assert (package.signature, package.signature_name) == (SIGNATURE, f"{name}.asc")
        db.session.remove()
    assert "The portal published the release 2.4.0p5" in as_("pat").get("/provider/history/")


def test_a_draft_waits_for_staff(app, as_, run):
    assert run("2.4.0p5", deb("2.4.0p5", "cee"), words=("--draft",)).output.startswith("2.4.0p5 is a draft now")
    assert kept(app)[0] == [("2.4.0p5", "draft", "stable")]
    assert "No releases yet" in as_("bob").get("/downloads/")


def test_stability_follows_the_number_unless_said(app, run):
    run("2.5.0b1", deb("2.5.0b1", "cee"))
    run("2.5.0", deb("2.5.0", "cee"), words=("--stability", "innovation"))
    assert kept(app)[0] == [("2.5.0b1", "published", "beta"), ("2.5.0", "published", "innovation")]


@pytest.mark.parametrize(
    ("version", "names", "words", "sentence"),
    [
        ("2.4", (deb("2.4.0", "cee"),), (), "A version looks like"),
        ("2.4.0p5", (deb("2.4.0p4", "cee"),), (), "not of 2.4.0p5"),
        ("2.4.0p5", (deb("2.4.0p5", "cee"), "strange.deb"), (), "does not say edition"),
        ("2.4.0p5", (deb("2.4.0p5", "cee"), "other.deb.asc"), (), "it belongs to is missing"),
        ("2.5.0b1", (deb("2.5.0b1", "cee"),), ("--stability", "stable"), "no stable version"),
    ],
)
def test_what_does_not_hold_leaves_nothing(app, run, version, names, words, sentence):
    before = kept(app)
    done = run(version, *names, words=words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert kept(app) == before


def test_a_second_time_is_refused(app, run):
    run("2.4.0p5", deb("2.4.0p5", "cee"))
    before = kept(app)
    done = run("2.4.0p5", deb("2.4.0p5", "cee"), deb("2.4.0p5", "cre"))
    assert done.exit_code == 1
    assert "There is a release 2.4.0p5 already." in done.output
    assert kept(app) == before


def test_a_missing_file_and_no_file_are_the_callers_mistakes(run, app):
    assert app.test_cli_runner().invoke(args=["publish-release", "2.4.0", "/nowhere.deb"]).exit_code == 2
    assert run("2.4.0").exit_code == 2
