"""Shelf: releases as staff list them, with their packages and who took them."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from flask import abort
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...customers.models import Customer
from ...customers.ownership import Reader
from ...storage import File
from ...web import paging
from .entitlement import HIGHEST_FIRST
from .fetched import Fetched
from .filenames import platform_order
from .models import Package, Release

_IN_STATE = {
    "draft": (Release.published_at.is_(None),),
    "published": (Release.published_at.is_not(None), Release.withdrawn_at.is_(None)),
    "withdrawn": (Release.withdrawn_at.is_not(None),),
}


def find(session: Session, release_id: uuid.UUID) -> Release:
    """Return the release; ends the request with 404 when there is none."""
    release = session.get(Release, release_id)
    if release is None:
        abort(404)
    return release


def listed(*, state: str, stability: str, q: str) -> Select[Any]:
    """Return the statement of all releases that the filters ask for."""
    packages = select(func.count()).where(Package.release_id == Release.id).scalar_subquery()
    statement: Any = select(
        Release.id, Release.number, Release.stability, Release.mark, Release.published_at, Release.withdrawn_at,
        Release.changed_at, packages.label("packages"),
    ).where(*_IN_STATE.get(state, ()))  # fmt: skip
    if stability:
        statement = statement.where(Release.stability == stability)
    for word in q.lower().split():
        noted = func.lower(Release.notes).contains(word, autoescape=True)
        statement = statement.where(or_(Release.number.contains(word, autoescape=True), noted))
    return statement  # type: ignore[no-any-return]


def packages_of(session: Session, release_id: uuid.UUID) -> list[tuple[str, list[Any]]]:
    """Return the editions of a release, the highest first, with the packages of each."""
    rows = session.execute(
        select(Package.id, Package.edition, Package.platform, Package.signature_name, File.name, File.size, File.sha256)
        .join(File, File.id == Package.file_id)
        .where(Package.release_id == release_id)
    ).all()
    ordered = sorted(rows, key=lambda row: (HIGHEST_FIRST.index(row.edition), platform_order(row.platform)))
    return [(edition, list(some)) for edition, some in groupby(ordered, lambda row: row.edition)]


def taken(session: Session, reader: Reader, release_id: uuid.UUID, limit: int = paging.PER_PAGE) -> paging.Page:
    """Return the page of downloads of a release that the address asks for, the newest first."""
    statement = (
        select(
            Fetched.id, Fetched.at, Fetched.way, Fetched.address, Customer.id.label("customer_id"),
            Customer.name.label("customer"), User.name.label("person"), Package.edition, Package.platform, File.name,
        )
        .join(Package, Package.id == Fetched.package_id)
        .join(File, File.id == Package.file_id)
        .join(Customer, Customer.id == Fetched.customer_id)
        .join(User, User.id == Fetched.user_id)
        .where(Fetched.seen_by(reader), Package.release_id == release_id)
    )  # fmt: skip
    return paging.page(session, statement, id=Fetched.id, descending=True, per_page=limit)
