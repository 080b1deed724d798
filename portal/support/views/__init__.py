"""Pages of support."""

from .. import attention, uses
from . import acts, calls, canned, desk, desk_acts, figures, merging, queue, targets, tickets, watchers

BLUEPRINTS = (
    tickets.bp, acts.bp, watchers.bp,
    queue.bp, calls.bp, desk.bp, desk_acts.bp, merging.bp, canned.bp, targets.bp, figures.bp,
)  # fmt: skip

attention.register()
uses.register()
