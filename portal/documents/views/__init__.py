"""The pages of documents: the same four for all kinds."""

from .. import attention, uses
from .documents import bp

BLUEPRINTS = (bp,)

attention.register()
uses.register()
