"""Problems: how the API says no; `web.failures` writes them as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException


class Problem(HTTPException):
    """A status with a sentence, headers that belong to it, and members besides those every problem has."""

    def __init__(self, status: int, sentence: str, *, members: Mapping[str, Any] | None = None, **headers: str) -> None:
        super().__init__()
        self.code = status
        self.sentence = sentence
        self.members = dict(members or {})
        self.own = [(name.replace("_", "-"), value) for name, value in headers.items()]

    def get_headers(self, *_arguments: Any, **_more: Any) -> list[tuple[str, str]]:
        """Return the headers beside those every problem has."""
        return self.own
