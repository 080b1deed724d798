"""Rules of notification: what narrows one, and whether it is about an event."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...contacts import patterns
from ...setup.forms.notification_rules import CANCEL, USUAL_EVENTS
from .events import Affected, Happened

MAIL = "mail"


@dataclass(frozen=True)
class Rule:
    """A rule in its place; `owner_id` is whose own it is, None for one of the provider's."""

    key: str
    title: str
    body: Mapping[str, Any]
    owner_id: uuid.UUID | None = None

    def named(self, condition: str) -> Collection[str]:
        """Return what a field of several values holds."""
        return self.body.get(condition) or ()

    @property
    def cancels(self) -> bool:
        """Tell whether it takes back what rules before it said."""
        return self.body.get("effect") == CANCEL

    @property
    def is_open_to_own(self) -> bool:
        """Tell whether people may change by own rules what it says."""
        return bool(self.body.get("allow_own", True))

    @property
    def method(self) -> str:
        """Return how it tells: by mail, or the name of a script after a colon."""
        return f"script:{self.body.get('script') or ''}" if self.body.get("method") == "script" else MAIL

    @property
    def bulk_minutes(self) -> int:
        """Return how long its mail is collected; 0: not at all."""
        return int(self.body.get("bulk_minutes") or 0) if self.method == MAIL else 0

    def is_about(self, affected: Affected, happened: Happened) -> bool:
        """Tell whether all its conditions hold; one left empty does not narrow it."""
        period = self.body.get("period") or ""
        return (
            happened.code in (self.named("events") or USUAL_EVENTS)
            and (not period or period in happened.periods)
            and _among(affected.site_id, self.named("sites"))
            and _among(affected.customer_id, self.named("customers"))
            and _named(affected.host, self.named("hosts"))
            and self._is_about_service(affected)
            and all(_has_tag(affected, tag) for tag in self.named("host_tags"))
            and _shares(affected.host_groups, self.named("host_groups"))
            and _shares(affected.contact_groups, self.named("of_contact_groups"))
        )

    def _is_about_service(self, affected: Affected) -> bool:
        """Tell whether what it says of services holds; if it says anything, it is not about hosts."""
        services, groups = self.named("services"), self.named("service_groups")
        if affected.is_host:
            return not services and not groups
        return _named(affected.service, services) and _shares(affected.service_groups, groups)


def _among(value: str, named: Collection[str]) -> bool:
    return not named or value in named


def _shares(have: Collection[str], named: Iterable[str]) -> bool:
    wanted = set(named)
    return not wanted or not wanted.isdisjoint(have)


def _has_tag(affected: Affected, condition: str) -> bool:
    group, _colon, tag = condition.partition(":")
    return affected.tags.get(group) == tag


def _named(name: str, lines: Collection[str]) -> bool:
    """Tell whether a name is among lines, or a pattern among them matches it from its beginning."""
    return not lines or any(
        _matches(line, name) if patterns.is_pattern(line) else line == name for line in lines
    )  # fmt: skip


def _matches(line: str, name: str) -> bool:
    """Tell whether a pattern matches; one that could explode, from before such were refused, matches nothing."""
    return not patterns.refusal(line) and patterns.compiled(line).match(name) is not None
