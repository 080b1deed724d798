"""Personal settings: what staff choose for somebody, and people for themselves (seed "User management", 2.6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access import policy
from ..audit.models import record
from ..errors import Forged, Refused
from ..i18n import LANGUAGES, TIME_ZONES
from ..web.paths import local_path
from .users import User

THEMES = ("", "light", "dark")
"""What `User.theme` may be; empty: as the device."""


@dataclass(frozen=True)
class Personal:
    """How the portal speaks to somebody, what they see first, and when notifications stay away."""

    language: str = ""
    time_zone: str = ""
    theme: str = ""
    start_page: str = ""
    sees_only_own: bool = False
    is_muted: bool = False
    muted_from: datetime | None = None
    muted_until: datetime | None = None

    @classmethod
    def of(cls, user: User) -> Personal:
        """Return what stands now."""
        return cls(**{field.name: getattr(user, field.name) for field in fields(cls)})


FIELDS = tuple(field.name for field in fields(Personal))


def choose(session: Session, user: User, wish: Personal, *, by: Any) -> bool:
    """Make it so and record it; return whether anything changed. Raises `Refused` naming the field that does not hold.

    Who may not silence notifications themselves (`general.disable_notifications`) leaves them as they are.
    """
    if by is not None and not policy.may_edit_settings(by, user):
        raise Forged(f"settings of {user.id}")
    _check(wish)
    muting = (wish.is_muted, wish.muted_from, wish.muted_until)
    own = by is not None and by.id == user.id
    if own and muting != (user.is_muted, user.muted_from, user.muted_until) and not policy.may_mute(by):
        raise Forged("muting")
    changed = [name for name in FIELDS if getattr(user, name) != getattr(wish, name)]
    for name in changed:
        setattr(user, name, getattr(wish, name))
    if changed:
        record(session, "user.profile_changed", by=by, customer_id=user.customer_id, subject_id=user.id, fields=changed)
    return bool(changed)


def _check(wish: Personal) -> None:
    if wish.language not in ("", *LANGUAGES):
        raise Refused(_("This language is not offered."), field="language")
    if wish.time_zone not in ("", *TIME_ZONES):
        raise Refused(_("There is no such time zone."), field="time_zone")
    if wish.theme not in THEMES:
        raise Refused(_("Choose one."), field="theme")
    if wish.start_page not in ("", "/") and local_path(wish.start_page, but=("/login", "/logout")) == "/":
        raise Refused(_("This is no page of the portal. It begins with /, for example /monitoring/."),
                      field="start_page")  # fmt: skip
    if len(wish.start_page) > 300:
        raise Refused(_("At most %(number)d characters.", number=300), field="start_page")
    if wish.muted_from and wish.muted_until and wish.muted_from >= wish.muted_until:
        raise Refused(_("The end is before the beginning."), field="muted_until")
    if not wish.is_muted and (wish.muted_from or wish.muted_until):
        raise Refused(_("Say that notifications are off, or leave the times empty."), field="is_muted")
