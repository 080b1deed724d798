"""The signing key: made once, kept from others, the same for all, or given by a setting."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from portal import create_app, signing
from portal.config import BadSetting
from portal.database import db

Make = Callable[..., Flask]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Flask] = []

    def portal(**settings: Any) -> Flask:
        made.append(create_app({"DATA": tmp_path / "data", "TESTING": True, **settings}))
        return made[-1]

    yield portal
    for app in made:
        with app.app_context():
            db.engine.dispose()


def id_of(app: Flask) -> str:
    with app.app_context():
        return signing.id_of(signing.public())


def test_it_is_made_once_and_is_readable_for_nobody_else(make: Make, tmp_path: Path) -> None:
    first = id_of(make())
    assert id_of(make()) == first
    path = tmp_path / "data" / "keys" / "signing.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.glob("*sign*")] == ["signing.pem"]
    assert id_of(make(DATA=tmp_path / "another")) != first


def first_id(data: str) -> str:
    app = create_app({"DATA": Path(data), "TESTING": True})
    return id_of(app)


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        assert len(set(processes.map(first_id, [str(tmp_path / "data")] * 4))) == 1


def written(path: Path, key: Any) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_setting_names_another(make: Make, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    app = make(SIGNING_KEY=str(written(tmp_path / "shared.pem", key)))
    assert id_of(app) == signing.id_of(key.public_key())
    assert not (tmp_path / "data" / "keys" / "signing.pem").exists()


def test_a_setting_that_names_none_stops_the_start(make: Make, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no key")
    written(tmp_path / "other.pem", ec.generate_private_key(ec.SECP256R1()))
    for name in ("missing", "text", "other.pem"):
        with pytest.raises(BadSetting, match=name):
            make(SIGNING_KEY=str(tmp_path / name))


def test_a_public_key_is_read_as_pem_and_raw() -> None:
    key = Ed25519PrivateKey.generate().public_key()
    raw = base64.b64encode(signing.raw(key)) + b"\n"
    for content in (signing.pem(key).encode(), raw):
        assert signing.id_of(signing.read_public(content)) == signing.id_of(key)
