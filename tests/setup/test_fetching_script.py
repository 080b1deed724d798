"""The script a site fetches its configuration with: run as it is, without any package, against the portal."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import signing
from portal.database import db
from portal.setup.distribution.standing import SiteStanding
from tests.factories.serving import served
from tests.setup import sites as at

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "fetch_configuration.py"


def standing(app) -> SiteStanding:
    with app.app_context():
        found = db.session.get_one(SiteStanding, "acme-1")
        db.session.remove()
    return found


@pytest.fixture
def portal(app):
    with served(app) as address:
        yield address


@pytest.fixture
def run(app, portal, tmp_path):
    tokens = at.connect(app, "acme-1", "beta-1")
    at.activate(app)
    with app.app_context():
        (tmp_path / "key.pem").write_text(signing.pem(signing.public()))
    (tmp_path / "token").write_text(tokens["acme-1"] + "\n")

    def run(site_id: str = "acme-1") -> subprocess.CompletedProcess[str]:
        arguments = [portal, site_id, str(tmp_path / "token"), str(tmp_path / "key.pem"), str(tmp_path)]
        return subprocess.run(
            [sys.executable, "-I", "-S", str(SCRIPT), *arguments], capture_output=True, text=True, check=False
        )

    return run


def test_it_fetches_once_and_says_so(app, run, tmp_path):
    done = run()
    assert (done.returncode, done.stdout) == (0, "snapshot 1 is here\n"), done.stderr
    assert json.loads((tmp_path / "configuration.json").read_text())["manifest"]["site"] == "acme-1"
    assert (tmp_path / "configuration.json").stat().st_mode & 0o777 == 0o600
    assert standing(app).applied_number == 1
    assert (run().returncode, run().stdout) == (0, "")


def test_what_another_key_signed_stays_away_and_the_portal_hears_why(app, run, tmp_path):
    other = Ed25519PrivateKey.generate().public_key()
    (tmp_path / "key.pem").write_text(signing.pem(other))
    done = run()
    assert done.returncode == 1
    assert "the signature does not hold" in done.stderr
    assert not (tmp_path / "configuration.json").exists()
    assert standing(app).failed_why == "the signature does not hold"


def test_without_arguments_it_says_which_it_takes():
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PORTAL SITE TOKEN_FILE KEY.pem FOLDER" in done.stderr


def test_a_site_can_get_it_from_the_portal(portal, tmp_path):
    with urllib.request.urlopen(f"{portal}/api/v1/sites/fetch_configuration.py") as answer:
        assert answer.read() == SCRIPT.read_bytes()


def test_a_token_that_is_not_its_own(run, tmp_path):
    done = run("beta-1")
    assert done.returncode == 1
    assert "401" in done.stderr
    assert not (tmp_path / "configuration.json").exists()


def test_an_older_one_is_not_taken(app, run, tmp_path):
    at.add(app, "host-groups", "linux", "acme")
    at.activate(app)
    assert run().stdout == "snapshot 2 is here\n"
    newer = json.loads((tmp_path / "configuration.json").read_text())
    newer["manifest"]["number"] = 9
    (tmp_path / "configuration.json").write_text(json.dumps(newer))
    (tmp_path / "configuration.etag").unlink()
    done = run()
    assert done.returncode == 1
    assert "older than what is here" in done.stderr


@settings(max_examples=25)
@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_its_signatures_are_those_of_everybody(text, place, by):
    spec = importlib.util.spec_from_file_location("fetch_configuration", SCRIPT)
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    key = Ed25519PrivateKey.generate()
    public, signature = signing.raw(key.public_key()), bytearray(key.sign(text))
    assert script.is_signed(public, bytes(signature), text)
    assert not script.is_signed(public, bytes(signature), text + b"x")
    signature[place] ^= by
    try:
        assert not script.is_signed(public, bytes(signature), text)
    except ValueError:
        assert place < 32
