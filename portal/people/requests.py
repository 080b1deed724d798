"""Super-user requests as a company's own people read them: rows with names, and the files beside them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from ..access.rights import PortalRole
from ..accounts.hand_over import OldBecomes
from ..accounts.requests import Evidence, RequestState, SuperUserRequest, Way
from ..accounts.users import User
from ..config import MEBIBYTE
from ..errors import Forged, Refused
from ..storage import File, save
from ..text import fold, sort_key

STATES = {
    RequestState.OPEN: (_l("Open"), "info"),
    RequestState.APPROVED: (_l("Approved"), "good"),
    RequestState.DECLINED: (_l("Declined"), "bad"),
    RequestState.WITHDRAWN: (_l("Withdrawn"), "neutral"),
}
WAYS = {Way.PORTAL: _l("In the portal"), Way.CALL: _l("By telephone"), Way.MAIL: _l("By mail")}
OLD_BECAME = {
    OldBecomes.ADMIN: _l("became an Admin"),
    OldBecomes.USER: _l("became a User"),
    OldBecomes.DISABLED: _l("became a User and was disabled"),
}
MOST_FILES = 5
MOST_CHOICES = 1000


def rows(reader: Any) -> Select[Any]:
    """Return a select of the requests the reader sees, each with the names it speaks of."""
    nominee, asker, enterer, decider = aliased(User), aliased(User), aliased(User), aliased(User)
    return (
        select(
            *SuperUserRequest.__table__.columns,
            nominee.name.label("nominee"), asker.name.label("asker"), enterer.name.label("enterer"),
            decider.name.label("decider"), decider.portal_role.label("decider_role"),
        )
        .join(nominee, nominee.id == SuperUserRequest.nominee_id)
        .outerjoin(asker, asker.id == SuperUserRequest.asked_by_id)
        .join(enterer, enterer.id == SuperUserRequest.entered_by_id)
        .outerjoin(decider, decider.id == SuperUserRequest.decided_by_id)
        .where(SuperUserRequest.seen_by(reader))
    )  # fmt: skip


def decided_by(row: Any) -> str:
    """Return who decided, staff marked as such."""
    if row.decider and row.decider_role is None:
        return str(_("%(name)s (provider)", name=row.decider))
    return str(row.decider or "")


def asked_by(row: Any) -> str:
    """Return who asked: by the portal, or whom staff name for a call or a mail."""
    return str(row.asker or row.asked_by_name or row.enterer)


def evidence(session: Session, reader: Any, request_id: uuid.UUID) -> Sequence[Any]:
    """Return id, name and size of the files beside a request."""
    return session.execute(
        select(File.id, File.name, File.size)
        .join(Evidence, Evidence.file_id == File.id)
        .where(Evidence.seen_by(reader), Evidence.request_id == request_id)
        .order_by(File.id)
    ).all()


def may_be_nominated(customer_id: str) -> ColumnElement[bool]:
    """Return the condition that somebody may become the company's super user: active, and not it already."""
    return (
        (User.customer_id == customer_id)
        & (User.portal_role != PortalRole.SUPER_USER)
        & User.has_joined
        & User.is_machine.is_(False)
        & User.disabled_at.is_(None)
        & User.archived_at.is_(None)
    )


def nominees(session: Session, reader: Any) -> list[tuple[str, str]]:
    """Return the look-up's options: id, and name with address."""
    found = session.execute(
        select(User.id, User.name, User.email)
        .where(User.seen_by(reader), may_be_nominated(reader.customer_id))
        .order_by(User.name_key, User.id)
        .limit(MOST_CHOICES)
    )
    return [(str(row.id), f"{row.name} · {row.email}" if row.email else row.name) for row in found]


def nominee(session: Session, reader: Any, typed: str) -> User:
    """Return whom the look-up's value names: an id, or an address or name that one colleague has.

    An id of nobody here is forged.
    """
    colleagues = User.visible_to(reader).where(User.customer_id == reader.customer_id)
    try:
        id = uuid.UUID(typed)
    except ValueError:
        found = session.scalars(
            colleagues.where((User.email_key == fold(typed)) | (User.name_key == sort_key(typed))).limit(2)
        ).all()
        if len(found) != 1:
            raise Refused(_("Choose an active person of your company."), field="nominee") from None
        return found[0]
    user = session.scalar(select(User).where(User.id == id, User.customer_id == reader.customer_id))
    if user is None:
        raise Forged(f"nominee {id}")
    return user


def keep(session: Session, uploads: Sequence[Any], *, by: Any) -> list[File]:
    """Keep the evidence that was attached; raise `Refused` for too many or too large files."""
    if len(uploads) > MOST_FILES:
        raise Refused(_("At most %(number)d files.", number=MOST_FILES), field="evidence")
    return [
        save(
            session, upload.stream, name=upload.filename, purpose="evidence", customer_id=by.customer_id,
            by_id=by.id, limit=current_app.config["EVIDENCE_LIMIT"], field="evidence",
        )
        for upload in uploads
    ]  # fmt: skip


def most_bytes() -> int:
    """Return how large the whole form may be: every file at its limit, and the text."""
    return int(MOST_FILES * current_app.config["EVIDENCE_LIMIT"] + MEBIBYTE)
