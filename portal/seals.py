"""Secrets: sealed where the portal must read them again, kept as digests where it need only recognise them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

PURPOSE = b"portal: sealed values, 1"
FINGERPRINTS = b"portal: fingerprints, 1"


def seal(text: str) -> str:
    """Return `text` encrypted and signed with a key derived from SECRET_KEY."""
    return _fernet(current_app.config["SECRET_KEY"]).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Return what was sealed. Raises ValueError for a token this key did not make."""
    try:
        return _fernet(current_app.config["SECRET_KEY"]).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError("a sealed value that SECRET_KEY does not open") from None


def seal_bytes(content: bytes) -> bytes:
    """Return `content` sealed as `seal` does."""
    return _fernet(current_app.config["SECRET_KEY"]).encrypt(content)


def unseal_bytes(token: bytes) -> bytes:
    """Return what was sealed. Raises ValueError for a token this key did not make."""
    try:
        return _fernet(current_app.config["SECRET_KEY"]).decrypt(token)
    except InvalidToken:
        raise ValueError("a sealed value that SECRET_KEY does not open") from None


def digest(secret: str) -> str:
    """Return the SHA-256 of a generated secret in hex: enough for 128 random bits, never for a chosen password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fingerprint(text: str) -> str:
    """Return what tells whether a text is the same again; without SECRET_KEY nobody can guess at a secret in it."""
    return hmac.new(_key(current_app.config["SECRET_KEY"], FINGERPRINTS), text.encode(), hashlib.sha256).hexdigest()


def new_secret() -> str:
    """Return 256 random bits in letters that an address may hold."""
    return secrets.token_urlsafe(32)


@lru_cache(maxsize=8)
def _fernet(secret_key: str | bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret_key, PURPOSE)))


@lru_cache(maxsize=8)
def _key(secret_key: str | bytes, purpose: bytes) -> bytes:
    key = secret_key.encode() if isinstance(secret_key, str) else secret_key
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(key)
