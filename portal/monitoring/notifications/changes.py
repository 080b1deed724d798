"""Changes: what of the present state of a host or service is to be told, after what was told last. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from . import events


@dataclass(frozen=True)
class Known:
    """What was told last."""

    state: int = 0
    is_acknowledged: bool = False
    in_downtime: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether there is nothing to remember."""
        return self == Known()


@dataclass(frozen=True)
class Present:
    """What a site says now. `is_held`: nothing is to be told, as long as it is so."""

    host: str
    service: str
    state: int
    since: datetime
    output: str = ""
    is_soft: bool = False
    is_acknowledged: bool = False
    in_downtime: bool = False
    is_held: bool = False
    is_silenced: bool = False
    """Its notifications are switched off at the site."""


def first(present: Present) -> Known:
    """Return what counts as told of something that is met as it is: nobody is told what was so before."""
    state = 0 if present.is_soft else present.state
    return Known(state, present.is_acknowledged, present.in_downtime)


def compare(known: Known, present: Present) -> tuple[list[str], Known]:
    """Return the events to be told, in order, and what is known once they are.

    A state is told when it is not the one told last and nothing holds it back: a downtime, a host that is down, an
    acknowledgement. What is held back waits: it is told when that ends, if it is still so.
    """
    told: list[str] = []
    after = replace(known, is_acknowledged=present.is_acknowledged, in_downtime=present.in_downtime)
    if present.in_downtime != known.in_downtime:
        told.append(events.DOWNTIME_START if present.in_downtime else events.DOWNTIME_END)
    is_well = present.state == 0
    if present.state != known.state and not (present.is_soft and not is_well):
        is_quiet = present.in_downtime or present.is_held or present.is_acknowledged and not is_well
        if not is_quiet:
            told.append(events.of_state(present.state, is_host=not present.service))
        if not is_quiet or present.is_silenced:
            after = replace(after, state=present.state)
    if present.is_acknowledged and not known.is_acknowledged and known.state:
        told.append(events.ACKNOWLEDGEMENT)
    return ([] if present.is_silenced else told), after
