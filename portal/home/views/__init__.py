"""The pages of this package."""

from . import home, search

BLUEPRINTS = (home.bp, search.bp)
