"""Verification: a document that says what a subscription allows, signed so that anybody can tell it is the portal's.

A response is one line of JSON in one canonical form: keys sorted, no spaces, UTF-8. It holds `document`, the
`signature` (Ed25519, base64) of the document's canonical bytes, and `key_id`. There are no other bytes that say the
same, so whoever changes one of them has a file that does not hold. `docs/verify_license.py` checks it elsewhere.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from .. import signing
from ..customers.models import Customer
from ..customers.subscriptions import Subscription, grace, today
from ..database import now
from .usage.evaluation import Month, evaluate

FORMAT = 1


@dataclass(frozen=True)
class Asked:
    """What a site said of its question: the answer repeats it, so that an old answer fits no new question."""

    request_id: str = ""
    instance_id: str = ""


def document(session: Session, subscription: Subscription, asked: Asked, *, licensing_id: str = "") -> dict[str, Any]:
    """Return what the portal says of a subscription now: texts, whole numbers, None for nothing; days as ISO dates."""
    customer = session.get_one(Customer, subscription.customer_id)
    usage = evaluate(session, subscription)
    return {
        "format": FORMAT,
        "type": "license verification",
        "issued_at": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "request_id": asked.request_id or None,
        "instance_id": asked.instance_id or None,
        "licensing_id": licensing_id or None,
        "customer": {"id": customer.id, "name": customer.name},
        "subscription": {
            "id": str(subscription.id),
            "edition": str(subscription.edition),
            "edition_name": subscription.title,
            "services": subscription.services,
            "support": subscription.support and str(subscription.support),
            "valid_from": subscription.starts_on.isoformat(),
            "valid_until": subscription.ends_on.isoformat(),
            "grace_until": (subscription.ends_on + grace()).isoformat(),
            "state": str(subscription.state(today())),
        },
        "usage": {"last_month": _month(usage.last), "first_exceeded": _month(usage.first_exceeded)},
    }


def _month(month: Month | None) -> dict[str, Any] | None:
    if month is None:
        return None
    return {
        "from": month.starts.isoformat(),
        "until": month.ends.isoformat(),
        "average_services": str(month.average),
    }


def canonical(value: Any) -> bytes:
    """Return the one form in which a value is signed: what `jq -cS` writes, too."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(said: dict[str, Any]) -> bytes:
    """Return the response that carries a document: one line."""
    key = signing.private()
    signature = base64.b64encode(key.sign(canonical(said))).decode()
    return canonical({"document": said, "key_id": signing.id_of(key.public_key()), "signature": signature}) + b"\n"


def verify(content: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the document of a response that is whole and signed by `key`; raises ValueError with a sentence."""
    try:
        response = json.loads(content)
        said, signature = response["document"], base64.b64decode(response["signature"], validate=True)
        whole = canonical(response) + b"\n" == content and sorted(response) == ["document", "key_id", "signature"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError("this is no verification response, or not the whole of one") from None
    if not whole or base64.b64encode(signature).decode() != response["signature"]:
        raise ValueError("this file is not as the portal wrote it")
    if response["key_id"] != signing.id_of(key):
        raise ValueError(f"this was signed by another key than {signing.id_of(key)}")
    try:
        key.verify(signature, canonical(said))
    except InvalidSignature:
        raise ValueError("the signature does not hold: the file was changed, or is not the portal's") from None
    if not isinstance(said, dict) or said.get("type") != "license verification":
        raise ValueError("this is signed, but no verification of a licence")
    return said
