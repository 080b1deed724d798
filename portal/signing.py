"""The key that signs what the portal says of licences and what it sends to sites: Ed25519, one for all processes."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from flask import Flask, current_app

from .config import BadSetting

FILE = "signing.pem"


def init_app(app: Flask) -> None:
    """Read the key that a setting names, so that a wrong path is said at the start; raises BadSetting."""
    if app.config["SIGNING_KEY"]:
        app.extensions["signing-key"] = _read(Path(app.config["SIGNING_KEY"]))


def private() -> Ed25519PrivateKey:
    """Return the key: the one the setting names, else that of the data folder, made there by whoever needs it first."""
    kept = current_app.extensions
    if "signing-key" not in kept:
        path = Path(current_app.config["DATA"]) / "keys" / FILE
        if not path.exists():
            _make(path)
        kept["signing-key"] = _read(path)
    key: Ed25519PrivateKey = kept["signing-key"]
    return key


def public() -> Ed25519PublicKey:
    """Return the key with which anybody can check a signature."""
    return private().public_key()


def raw(key: Ed25519PublicKey) -> bytes:
    """Return a public key's 32 bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def pem(key: Ed25519PublicKey) -> str:
    """Return a public key as PEM, as openssl takes it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def id_of(key: Ed25519PublicKey) -> str:
    """Return the name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(raw(key)).hexdigest()[:16]


def read_public(content: bytes) -> Ed25519PublicKey:
    """Return the public key in PEM, or in base64 of its 32 bytes; raises ValueError."""
    with suppress(ValueError, UnsupportedAlgorithm):
        if b"-----BEGIN" not in content:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(content.strip(), validate=True))
        key = load_pem_public_key(content)
        if isinstance(key, Ed25519PublicKey):
            return key
    raise ValueError("this is no public key of the kind Ed25519")


def _make(path: Path) -> None:
    """Write a new key; of two processes that do so at once, one wins, and neither sees half a file."""
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSetting(f"the key {path} that signs cannot be read: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSetting(f"the key {path} that signs is not of the kind Ed25519")
    return key
