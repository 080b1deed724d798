"""Pages of support."""

from . import acts, tickets, watchers

BLUEPRINTS = (tickets.bp, acts.bp, watchers.bp)
