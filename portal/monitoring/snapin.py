"""The Customers snap-in: how each customer's sites stand with us, and who is hidden by whoever looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..customers.ownership import Reader
from . import poller, sight
from .livestatus.answers import STATES, Answer, SiteState
from .sight import Seen

TONES = {SiteState.ONLINE: "good", SiteState.DISABLED: "neutral", SiteState.WAITING: "info"}
"""The tone of a state; that of any other is bad."""
WORST_FIRST = (
    SiteState.DEAD, SiteState.DOWN, SiteState.UNREACH, SiteState.MISSING, SiteState.WAITING, SiteState.DISABLED,
    SiteState.ONLINE,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A site: what it is called, how it stands, in a word and its tone, and why."""

    site: Seen
    state: SiteState
    label: str
    tone: str
    reason: str


@dataclass(frozen=True)
class Group:
    """A customer and its sites, with the worst of their states in a word."""

    id: str
    name: str
    is_hidden: bool
    lines: Sequence[Line]
    down: int = 0
    """How many hosts are known to be down."""

    @property
    def state(self) -> SiteState:
        """Return the worst state among the sites."""
        return min((line.state for line in self.lines), key=WORST_FIRST.index)

    @property
    def label(self) -> str:
        """Return the worst state, and of how many, unless all sites share it."""
        count = sum(line.state == self.state for line in self.lines)
        if count == len(self.lines):
            return self.lines[0].label
        word = str(STATES[self.state])
        return str(_("%(state)s: %(number)d of %(all)d", state=word, number=count, all=len(self.lines)))

    @property
    def tone(self) -> str:
        """Return the tone of the worst state."""
        return TONES.get(self.state, "bad")


@dataclass(frozen=True)
class Snapin:
    """All customers with sites that somebody sees, by name."""

    groups: Sequence[Group]

    @property
    def hidden(self) -> int:
        """Return how many customers are hidden."""
        return sum(group.is_hidden for group in self.groups)

    @property
    def states(self) -> list[tuple[SiteState, Any, str, int]]:
        """Return how many sites are in which state: state, word, tone, number, the worst first."""
        found = Counter(line.state for group in self.groups for line in group.lines if not group.is_hidden)
        return [(state, STATES[state], TONES.get(state, "bad"), found[state]) for state in WORST_FIRST if found[state]]


def of(sites: Sequence[Seen], answers: Mapping[str, Answer], down: Mapping[str, int] | None = None) -> Snapin:
    """Return the snap-in for these sites: as they have just answered, else as they were known last.

    `down` is the number of hosts that are down, by customer, where somebody has just counted them.
    """
    groups: dict[str, list[Line]] = {}
    words = {state: str(label) for state, label in STATES.items()}
    for site in sites:
        answer = answers.get(site.target.site_id) or poller.known(site.target)
        line = Line(site, answer.state, words[answer.state], TONES.get(answer.state, "bad"), answer.reason)
        groups.setdefault(site.customer_id, []).append(line)
    found = [
        Group(id, lines[0].site.customer_name, lines[0].site.is_hidden, lines, (down or {}).get(id, 0))
        for id, lines in groups.items()
    ]
    return Snapin(sorted(found, key=lambda group: (group.name.casefold(), group.id)))


def load(session: Session, reader: Reader) -> Snapin:
    """Return the snap-in from what is remembered of the sites: nothing is asked."""
    return of(sight.sites(session, reader, even_hidden=True), {})
