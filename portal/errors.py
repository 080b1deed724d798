"""What the code raises when it says no, and why. Handlers in `web.failures` turn these into answers."""

from __future__ import annotations


class Refused(Exception):
    """Say that a rule of the house forbids the act; the sentence is for the person. Becomes a 409."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Stale(Refused):
    """Say that somebody else changed the record since the form was opened. Becomes a 409."""


class Forged(Exception):
    """Say that a form carried a choice it never offered. Becomes a 403."""


class Busy(Exception):
    """Say that a bounded resource is fully used. Becomes a 503 with `Retry-After` seconds."""

    def __init__(self, sentence: str, *, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after


class TooMany(Exception):
    """Say that a budget of tries is used up. Becomes a 429 with `Retry-After` seconds."""

    def __init__(self, sentence: str = "", *, retry_after: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after


class StorageFull(Exception):
    """Say that a file could not be written because the disk is full or broken. Becomes a 507."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
