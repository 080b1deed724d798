"""The credentials that stand for accounts, as the description names them."""

from __future__ import annotations

ACCOUNTS: list[dict[str, list[str]]] = [{"machineAccount": []}, {"machineBearer": []}, {"accessToken": []}]
"""What opens every address that is used under an account's own policy."""

SECURITY = {
    "machineAccount": {
        "type": "http",
        "scheme": "basic",
        "description": "The name and the secret of a machine account.",
    },
    "machineBearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same as `Bearer <name> <secret>`: both as they are, with a blank between them.",
    },
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that a person made at /profile/tokens; it acts as that person until its end date.",
    },
}
