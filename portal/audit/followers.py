"""Followers: who above is to hear, in the same transaction, that something happened below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .models import Event

Follower = Callable[[Any, Event], None]
_followers: dict[str, list[Follower]] = {}


def follow(tags: tuple[str, ...], act: Follower) -> None:
    """Call `act(session, event)` whenever an event with one of these tags is recorded."""
    for tag in tags:
        if act not in _followers.setdefault(tag, []):
            _followers[tag].append(act)


def tell(session: Any, event: Event) -> None:
    """Call who follows the event's tag."""
    for act in _followers.get(event.tag, ()):
        act(session, event)
