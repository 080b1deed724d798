"""What the portal says of a licence, that it is signed, and that nobody can say another thing in its name."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from webtest import Upload

from portal import signing
from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.licensing import verification
from portal.licensing.usage import intake as usage
from portal.licensing.verification import Asked
from tests.factories import usage as reports
from tests.factories.licensing import subscription

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "verify_license.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_license", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def respond(app: Flask, customer: str = "acme", asked: Asked | None = None, **more: Any) -> tuple[bytes, str]:
    """Return a response and the key to it, as PEM."""
    id = subscription(app, customer, **more)
    with app.app_context():
        session = db.session()
        said = verification.document(session, session.get_one(Subscription, id), asked or Asked("q", "i"))
        found = verification.sign(said), signing.pem(signing.public())
        db.session.remove()
    return found


def document(app: Flask, **more: Any) -> dict[str, Any]:
    content, pem = respond(app, **more)
    return verification.verify(content, signing.read_public(pem.encode()))


class TestWhatIsSaid:
    def test_edition_limit_term_and_grace(self, app):
        said = document(app, edition="cce")
        with app.app_context():
            day = today()
        assert said["subscription"] | {"id": ""} == {
            "id": "", "edition": "cce", "edition_name": "Checkmk Cloud", "services": 3000, "support": "advanced",
            "valid_from": str(day - timedelta(days=341)), "valid_until": str(day + timedelta(days=24)),
            "grace_until": str(day + timedelta(days=38)), "state": "ending",
        }  # fmt: skip
        assert said["customer"] == {"id": "acme", "name": "Acme GmbH"}
        assert said["usage"] == {"last_month": None, "first_exceeded": None}

    def test_unlimited_is_null(self, app):
        id = subscription(app, "beta")
        with app.app_context():
            db.session.get_one(Subscription, id).services = None
            db.session.commit()
            db.session.remove()
        assert document(app, customer="beta")["subscription"]["services"] is None

    def test_usage_and_the_first_month_that_exceeded(self, app):
        id = subscription(app, "beta")
        with app.app_context():
            session = db.session()
            found = session.get_one(Subscription, id)
            usage.keep(session, found, reports.report(reports.history(today(), [12_500] * 80)), by=None)
            session.commit()
            db.session.remove()
        said = document(app, customer="beta")["usage"]
        assert said["first_exceeded"]["average_services"] == "12500.0"
        assert said["last_month"]["from"] >= said["first_exceeded"]["from"]

    def test_the_question_is_repeated(self, app):
        said = document(app, asked=Asked("a question", ""))
        assert (said["request_id"], said["instance_id"]) == ("a question", None)


class TestTheSignature:
    def test_every_changed_byte_is_refused(self, app, script):
        with app.app_context():
            customer = db.session.get_one(Customer, "acme")
            customer.change(db.session(), by=None, name="Ümläut & Söhne GmbH ✓")
            db.session.commit()
            db.session.remove()
        content, pem = respond(app)
        key = signing.read_public(pem.encode())
        assert verification.verify(content, key) == script.verify(content, pem.encode())
        for at in range(len(content)):
            for bit in (0x01, 0x20, 0x80):
                changed = content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
                with pytest.raises(ValueError):
                    verification.verify(changed, key)
                with pytest.raises(ValueError):
                    script.verify(changed, pem.encode())

    @pytest.mark.parametrize(
        "change",
        [lambda c: c[:-1], lambda c: c + b"\n", lambda c: c * 2, lambda c: b"", lambda c: b"{}", lambda c: b"[]",
         lambda c: b"[" * 100_000, lambda c: b"null", lambda c: b'"\\ud800"', lambda c: c.replace(b":", b": "),
         lambda c: c.replace(b"{", b'{"more":1,', 1), lambda c: json.dumps(json.loads(c)).encode(),
         lambda c: json.dumps({**json.loads(c), "signature": 5}).encode(),
         lambda c: json.dumps({**json.loads(c), "document": None}).encode()],
    )  # fmt: skip
    def test_another_shape_is_refused(self, app, script, change):
        content, pem = respond(app)
        for verify in (lambda file: verification.verify(file, signing.read_public(pem.encode())),
                       lambda file: script.verify(file, pem.encode())):  # fmt: skip
            with pytest.raises(ValueError):
                verify(change(content))

    def test_signed_by_somebody_else_is_refused(self, app, script, monkeypatch):
        content, pem = respond(app)
        other = Ed25519PrivateKey.generate()
        monkeypatch.setattr(signing, "private", lambda: other)
        forged = verification.sign(json.loads(content)["document"])
        monkeypatch.undo()
        for file in (
            forged,
            forged.replace(signing.id_of(other.public_key()).encode(), json.loads(content)["key_id"].encode()),
        ):
            with pytest.raises(ValueError):
                verification.verify(file, signing.read_public(pem.encode()))
            with pytest.raises(ValueError):
                script.verify(file, pem.encode())

    def test_something_else_that_is_signed_is_no_verification(self, app, script):
        with app.app_context():
            content = verification.sign({"type": "something else"})
            pem = signing.pem(signing.public())
        with pytest.raises(ValueError):
            verification.verify(content, signing.read_public(pem.encode()))
        with pytest.raises(ValueError):
            script.verify(content, pem.encode())

    def test_openssl_agrees(self, app, tmp_path):
        content, pem = respond(app)
        response = json.loads(content)
        (tmp_path / "key.pem").write_text(pem)
        (tmp_path / "document").write_bytes(verification.canonical(response["document"]))
        (tmp_path / "signature").write_bytes(base64.b64decode(response["signature"]))
        command = re.search(r"openssl pkeyutl .*", SCRIPT.read_text())
        assert command
        done = subprocess.run(command[0].split(), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def test_the_script_says_yes_and_no(self, app, tmp_path):
        content, pem = respond(app)
        (tmp_path / "key.pem").write_text(pem)
        for name, file, code in (("good", content, 0), ("bad", content.replace(b"acme", b"acne"), 1)):
            (tmp_path / name).write_bytes(file)
            command = [sys.executable, str(SCRIPT), str(tmp_path / name), str(tmp_path / "key.pem")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (done.returncode, "refused" in done.stderr) == (code, bool(code))


def upload(browser: Any, id: Any, content: bytes, status: int = 200) -> Any:
    form = browser.get(f"/licenses/{id}/verification").forms["verify"]
    form["request"] = Upload("request.json", content)
    return form.submit(status=status)


QUESTION = {"VERSION": "1.0", "request_id": "b3a5c6d0-request", "instance_id": str(reports.SITE), "created_at": 1}


class TestOffline:
    @pytest.mark.parametrize("rotated", [True, False])
    def test_a_request_in_a_response_out(self, app, as_, rotated):
        text = json.dumps(QUESTION)
        uma = as_("uma")
        answer = upload(uma, subscription(app), (reports.rot47(text) if rotated else text).encode())
        assert answer.content_type == "application/json"
        assert answer.content_disposition == "attachment; filename=verification-response-b3a5c6d0-request.json"
        with app.app_context():
            said = verification.verify(answer.body, signing.public())
        assert (said["request_id"], said["instance_id"]) == (QUESTION["request_id"], QUESTION["instance_id"])
        assert said["licensing_id"] is None
        assert "Uma Dietrich had the licence Checkmk Cloud verified offline" in as_("ada").get("/history/")

    @pytest.mark.parametrize(
        "content",
        [b"", b"no request", b"[]", b"{}", b'{"request_id": 5}', b'{"request_id": ["x"]}', b"\xff\xfe\x00",
         b'{"request_id": "x\\u0000"}', b'{"request_id": "' + b"x" * 101 + b'"}', b"[" * 200_000,
         b'{"request_id": "x", "instance_id": {"a": 1}}', b'{"request_id": "\\u202e"}', b" " * 2_200_000],
    )  # fmt: skip
    def test_what_is_no_request_is_said_beside_the_field(self, app, as_, content):
        page = upload(as_("uma"), subscription(app), content, 422)
        assert page.html.select(".field.wrong #request")

    def test_without_a_file(self, app, as_):
        form = as_("uma").get(f"/licenses/{subscription(app)}/verification").forms["verify"]
        assert "Choose the file" in form.submit(status=422)

    def test_the_key_and_the_checker_are_there_to_take(self, app, as_):
        uma = as_("uma")
        page = uma.get(f"/licenses/{subscription(app)}/verification")
        pem = page.html.select_one("#signing-key").text
        assert uma.get("/api/v1/licensing/key.pem").text.strip() == pem.strip()
        assert page.click("verify_license.py").body == SCRIPT.read_bytes()


class TestTheCommand:
    def run(self, app: Flask, *arguments: str) -> Any:
        return app.test_cli_runner().invoke(args=["verify-license", *arguments])

    def test_accepts_what_is_whole(self, app, tmp_path):
        content, pem = respond(app)
        (tmp_path / "response.json").write_bytes(content)
        (tmp_path / "key.pem").write_text(pem)
        for more in ((), ("--key", str(tmp_path / "key.pem"))):
            done = self.run(app, str(tmp_path / "response.json"), *more)
            assert done.exit_code == 0, done.output
            assert "Acme GmbH" in done.output

    def test_refuses_what_is_not(self, app, tmp_path):
        content, _pem = respond(app)
        (tmp_path / "response.json").write_bytes(content.replace(b"3000", b"9000"))
        done = self.run(app, str(tmp_path / "response.json"))
        assert done.exit_code == 1
        assert "refused: the signature does not hold" in done.output

    def test_refuses_another_key_and_what_is_none(self, app, tmp_path):
        content, _pem = respond(app)
        (tmp_path / "response.json").write_bytes(content)
        other = signing.pem(Ed25519PrivateKey.generate().public_key())
        for text, sentence in ((other, "another key"), ("none", "no public key"), ("-----BEGIN", "no public key")):
            (tmp_path / "key.pem").write_text(text)
            done = self.run(app, str(tmp_path / "response.json"), "--key", str(tmp_path / "key.pem"))
            assert (done.exit_code, sentence in done.output) == (1, True)
