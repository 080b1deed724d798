"""Check a verification response of the portal on another machine: python3 verify_license.py RESPONSE PUBLIC_KEY.pem

Needs Python 3.9 and the package `cryptography`. Prints what the response says and ends with 0 when it is whole and
signed by that key, otherwise says why not and ends with 1. Without Python, with jq and openssl 3:

    jq -cSj .document response.json > document
    jq -r .signature response.json | base64 -d > signature
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in document -sigfile signature
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization


def canonical(value):
    """Return the one form in which the portal writes and signs."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verify(content, pem):
    """Return the document of a response; raises ValueError with the reason."""
    key = serialization.load_pem_public_key(pem)
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    try:
        response = json.loads(content)
        signature = base64.b64decode(response["signature"], validate=True)
        rebuilt = {
            "document": response["document"],
            "key_id": hashlib.sha256(raw).hexdigest()[:16],
            "signature": base64.b64encode(signature).decode(),
        }
        if canonical(rebuilt) + b"\n" != content:
            raise ValueError("not as the portal wrote it, or signed by another key")
        key.verify(signature, canonical(response["document"]))
        if response["document"]["type"] != "license verification":
            raise ValueError("no verification of a licence")
    except (TypeError, KeyError, RecursionError, InvalidSignature) as error:
        raise ValueError(f"the signature does not hold ({type(error).__name__})") from None
    return response["document"]


if __name__ == "__main__":
    try:
        document = verify(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]).read_bytes())
    except (IndexError, OSError, ValueError) as reason:
        sys.exit(f"refused: {reason}")
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
