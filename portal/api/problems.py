"""Problems: how the API says no; `web.failures` writes them as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import HTTPException


class Problem(HTTPException):
    """A status with a sentence, and headers that belong to it."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__()
        self.code = status
        self.sentence = sentence
        self.own = [(name.replace("_", "-"), value) for name, value in headers.items()]

    def get_headers(self, *_arguments: Any, **_more: Any) -> list[tuple[str, str]]:
        """Return the headers beside those every problem has."""
        return self.own
