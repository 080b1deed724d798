"""Matching: which rules hold for a host, and for which of its services.

Rules are asked all at once: what they say of one thing (a folder, a site, some labels) is kept as the bits of a number
for each value there is, so that a host costs a few look-ups, however many rules there are. What is left empty does not
narrow a rule. Hosts, services, sites and customers: one of those named; labels and tags: all of them. Patterns are
matched from the beginning of a name, as sites do; what could explode was refused when it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..patterns import compiled, is_pattern
from .folders import is_within

_PLAIN = re.compile(r"[\w -]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a host decides: labels and tags as `key:value`."""

    site_id: str
    customer_id: str
    name: str
    folder: str
    labels: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lines:
    """Names and patterns, one of which must fit; none at all fit everything."""

    names: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Lines:
        """Return what some lines of a form mean; a pattern that is none (an old one, imported) fits nothing."""
        names, patterns = set(), []
        for line in lines:
            if not is_pattern(line):
                names.add(line)
                continue
            try:
                patterns.append(compiled(line))
            except (re.error, RecursionError, OverflowError):
                names.add(line)
        return cls(frozenset(names), tuple(patterns))

    def __bool__(self) -> bool:
        """Tell whether they narrow anything."""
        return bool(self.names or self.patterns)

    def fit(self, name: str) -> bool:
        """Tell whether a name is among them or begins as one of the patterns says."""
        return name in self.names or any(pattern.match(name) for pattern in self.patterns)


@dataclass(frozen=True)
class Conditions:
    """When a rule holds; `customer_id` is the one it is released to, None: it counts everywhere."""

    customer_id: str | None = None
    folder: str = ""
    hosts: Lines = field(default=Lines(frozenset(), ()))
    services: Lines = field(default=Lines(frozenset(), ()))
    labels: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, body: Mapping[str, Any], customer_id: str | None) -> Conditions:
        """Return the conditions that the body of a contact rule holds."""
        return cls(
            customer_id, body.get("folder") or "", Lines.of(body.get("hosts") or ()),
            Lines.of(body.get("services") or ()) if body.get("assign") == "services" else Lines(frozenset(), ()),
            *(frozenset(body.get(name) or ()) for name in ("labels", "tags", "sites", "customers")),
        )  # fmt: skip

    def hold(self, host: Facts) -> bool:
        """Tell whether they hold for a host, whatever they say of services."""
        return (
            self.in_place(host.site_id, host.customer_id)
            and self.in_folder(host.folder)
            and self.labels <= host.labels
            and self.tags <= host.tags
            and (not self.hosts or self.hosts.fit(host.name))
        )

    def in_place(self, site_id: str, customer_id: str) -> bool:
        """Tell whether they hold at a site of a customer."""
        return (
            self.customer_id in (None, customer_id)
            and (not self.customers or customer_id in self.customers)
            and (not self.sites or site_id in self.sites)
        )

    def in_folder(self, folder: str) -> bool:
        """Tell whether they hold in a folder."""
        return not self.folder or is_within(folder, self.folder)


class Matcher:
    """Some rules' conditions, asked of many hosts."""

    def __init__(self, conditions: Sequence[Conditions]) -> None:
        self._all = conditions
        self._labels = frozenset[str]().union(*(one.labels for one in conditions))
        self._tags = frozenset[str]().union(*(one.tags for one in conditions))
        self._unnamed = _bits(not one.hosts for one in conditions)
        self._names: dict[str, int] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], int]]] = {}
        for place, one in enumerate(conditions):
            for name in one.hosts.names:
                self._names[name] = self._names.get(name, 0) | 1 << place
            for pattern in one.hosts.patterns:
                self._patterns.setdefault(beginning(pattern.pattern), []).append((pattern, 1 << place))
        self._lengths = sorted({len(begin) for begin in self._patterns})
        self._kept: dict[Hashable, int] = {}

    def of(self, host: Facts) -> int:
        """Return the rules that hold for a host, as bits by their place, whatever they say of services."""
        site, customer, folder = host.site_id, host.customer_id, host.folder
        found = self._keep((0, site, customer), lambda one: one.in_place(site, customer))
        found &= self._keep((1, folder), lambda one: one.in_folder(folder))
        if self._labels:
            labels = host.labels & self._labels
            found &= self._keep((2, labels), lambda one: one.labels <= labels)
        if self._tags:
            tags = host.tags & self._tags
            found &= self._keep((3, tags), lambda one: one.tags <= tags)
        named = found & ~self._unnamed
        if named:
            named &= self._names.get(host.name, 0) | self._fitting(host.name, named)
        return found & self._unnamed | named

    def _fitting(self, name: str, asked: int) -> int:
        found = 0
        for length in self._lengths:
            for pattern, bit in self._patterns.get(name[:length], ()):
                if bit & asked and not bit & found and pattern.match(name):
                    found |= bit
        return found

    def _keep(self, key: Hashable, holds: Callable[[Conditions], bool]) -> int:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _bits(map(holds, self._all))
        return kept


def beginning(pattern: str) -> str:
    """Return letters with which every name that fits a pattern begins: others need not be tried."""
    found = _PLAIN.match(pattern)
    if found is None or "|" in pattern or "(?" in pattern:
        return ""
    return found[0] if pattern[found.end() :][:1] not in tuple("*?+{") else found[0][:-1]


def places(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)
