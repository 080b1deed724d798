"""The pages of documents: the same four for all kinds."""

from .documents import bp

BLUEPRINTS = (bp,)
