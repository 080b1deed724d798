"""Notices: what a company's super user and admins are told of each step of a licensing credential."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access.rights import PortalRole
from ..accounts.notices import address_of, tell_ids
from ..accounts.users import User


def tell_leads(session: Session, credential: Any, step: str, *, by: Any) -> None:
    """Tell who answers for the company, whoever did it; the portal itself (`by=None`) writes no mail."""
    if by is None:
        return
    leads = select(User.id).where(
        User.customer_id == credential.customer_id, User.has_joined,
        User.portal_role.in_((PortalRole.SUPER_USER, PortalRole.ADMIN)),
    )  # fmt: skip
    tell_ids(
        session, list(session.scalars(leads)), "licensing_credential", step=step, by=by.name, label=credential.label,
        licensing_id=credential.licensing_id, title=credential.subscription.title,
        link=address_of(f"/licenses/{credential.subscription_id}"),
    )  # fmt: skip
