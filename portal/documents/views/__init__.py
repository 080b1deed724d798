"""The pages of documents: the same four for all kinds."""

from .. import attention
from .documents import bp

BLUEPRINTS = (bp,)

attention.register()
