"""Fields and checks of BI aggregations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from .lists import Lines

FUNCTIONS = {"worst": _l("Worst state"), "best": _l("Best state"), "count": _l("At least so many are OK")}


class Nodes(Lines):
    """Hosts and services, one a line: `host` or `host;service`."""

    def read(self, line: str) -> str:
        """Return the node without blanks around the separator."""
        host, separator, service = (part.strip() for part in line.partition(";"))
        if not host or separator and not service:
            raise ValueError(_("“%(line)s” is neither host nor host;service.", line=line[:80]))
        return f"{host};{service}" if service else host


class AggregationChecks:
    """What an aggregation's fields must be together."""

    def validate_nodes(self, field: Any) -> None:
        """Raise ValidationError for none."""
        if not field.data:
            raise ValidationError(_("Name at least one host or service."))

    def validate_minimum(self, field: Any) -> None:
        """Raise ValidationError for more than there are nodes."""
        form: Any = self
        if form.function.data == "count" and (field.data or 0) > len(form.nodes.data or ()):
            raise ValidationError(_("There are not so many nodes."))
