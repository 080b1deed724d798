"""The form of a ticket that staff open for somebody who called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from ...web.forms import Plain
from .tickets import TicketForm


class CallForm(TicketForm):
    """A new ticket, and whose it is; who else of the company sees it is the company's own choice."""

    customer = StringField(_l("Customer"), validators=[InputRequired(_l("Choose a customer.")), Plain()])
    opener = StringField(_l("Who called"), validators=[InputRequired(_l("Choose a person.")), Plain()])
    seen_by = None  # type: ignore[assignment]
