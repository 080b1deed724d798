"""Refusals of what lies below, as errors beside a field of a form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wtforms import ValidationError

from ...errors import Refused


@contextmanager
def as_error() -> Iterator[None]:
    """Turn `Refused` and ValueError, whose text is a sentence, into ValidationError."""
    try:
        yield
    except Refused as refused:
        raise ValidationError(refused.sentence) from None
    except ValidationError:
        raise
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from None
