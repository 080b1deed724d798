"""Authorization settings: two settings for all sites that the portal's own pages go by too.

Seed "User management", 4.2 and 4.3. Who looks at monitoring does not read setup, so what was chosen is kept a second
time where visibility asks for it; in the transaction in which somebody chooses.
"""

from __future__ import annotations

from typing import Any

from ..audit.followers import follow
from ..audit.models import Event
from ..contacts.authorization import Authorization
from . import settings_for_all
from .global_settings import GROUP_AUTHORIZATION, SERVICE_AUTHORIZATION, STRICT
from .kinds.global_settings import SLUG

TAGS = ("element.created", "element.changed", "element.deleted")


def _heard(session: Any, event: Event) -> None:
    if event.data.get("kind") != SLUG or event.data.get("key") not in (SERVICE_AUTHORIZATION, GROUP_AUTHORIZATION):
        return
    session.flush()
    values = settings_for_all.values(settings_for_all.kept(session))
    chosen = session.get(Authorization, 1)
    if chosen is None:
        chosen = Authorization(id=1)
        session.add(chosen)
    chosen.is_strict_for_services = values[SERVICE_AUTHORIZATION] == STRICT
    chosen.is_strict_for_groups = values[GROUP_AUTHORIZATION] == STRICT


def register() -> None:
    """Hear of every change of these settings."""
    follow(TAGS, _heard)
