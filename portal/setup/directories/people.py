"""People: an entry of a directory becomes an account, or changes the one it has; who is gone is disabled.

The directory owns name, e-mail address, pager, password, and roles where it maps them. It never takes over an account
that is not its own, and gives no portal role but `user` to whom it brings (DESIGN.md, section 2).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ...access.rights import PortalRole
from ...access.roles import Role
from ...accounts.session_rows import SessionRow
from ...accounts.users import User
from ...audit.followers import follow
from ...audit.models import Event, record
from ...contacts.memberships import groups_of
from ...errors import Refused
from ...text import fold
from ..users import groups
from .directory import KIND, Directory
from .entries import Entry


def put(session: Session, directory: Directory, entry: Entry) -> str:
    """Make the account of an entry what the entry says; return `created`, `updated` or nothing. Raises `Refused`."""
    user = session.scalar(select(User).where(User.directory_id == directory.id, User.directory_key == entry.key))
    if user is not None and user.archived_at is not None:
        raise Refused(_("Its account was deleted here, and is not made again."))
    if user is None:
        _put_roles(session, directory, entry, _create(session, directory, entry))
        return "created"
    if not _is_of(directory, user):
        raise Refused(_("Its account belongs to another customer than the connection."))
    was = user.version
    _update(session, directory, entry, user)
    _put_roles(session, directory, entry, user)
    session.flush()
    return "updated" if user.version != was else ""


def drop(session: Session, directory: Directory, present: Collection[str]) -> int:
    """Disable the accounts of a directory whose entries are gone, or its customer; return how many were."""
    gone = session.scalars(
        select(User).where(User.directory_id == directory.id, User.archived_at.is_(None), User.disabled_at.is_(None))
    )
    count = 0
    for user in gone:
        if user.directory_key not in present or not _is_of(directory, user):
            user.disable(by=None)
            user.is_gone = True
            count += 1
    return count


def number_of(session: Session, directory_id: uuid.UUID) -> int:
    """Return how many enabled accounts a directory has."""
    mine = User.directory_id == directory_id, User.archived_at.is_(None), User.disabled_at.is_(None)
    return session.scalar(select(func.count(User.id)).where(*mine)) or 0


def _let_go(session: Session, event: Event) -> None:
    """Leave the accounts of a deleted directory to staff: they stay, and open once they are given a password."""
    if event.data.get("kind") != KIND:
        return
    theirs = User.directory_id == event.record_id
    session.execute(
        delete(SessionRow).where(SessionRow.user_id.in_(select(User.id).where(theirs))),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(User).where(theirs).values(directory_id=None, directory_key=None, is_gone=False),
        execution_options={"synchronize_session": False},
    )


def _is_of(directory: Directory, user: User) -> bool:
    """Tell whether an account is still one of those whose customer the directory speaks for."""
    return user.is_staff if directory.is_of_staff else user.customer_id == directory.customer_id


def _create(session: Session, directory: Directory, entry: Entry) -> User:
    taken = session.scalar(select(User.id).where(User.username_key == fold(entry.username)))
    if taken is not None:
        raise Refused(_("This username is already being used by another user."), field="username")
    user = User.create(
        session, name=entry.name, email=entry.email, customer_id=directory.customer_id, username=entry.username,
        portal_role=None if directory.is_of_staff else PortalRole.USER, roles=_known(session, entry.roles), by=None,
    )  # fmt: skip
    user.directory_id, user.directory_key, user.pager = directory.id, entry.key, entry.pager
    if entry.contact_groups:
        groups.choose(session, user, entry.contact_groups, by=None)
    return user


def _update(session: Session, directory: Directory, entry: Entry, user: User) -> None:
    if entry.name != user.name:
        user.rename(entry.name, by=None)
    if entry.email != user.email:
        user.change_email(entry.email, by=None)
    if directory.pager_attribute and entry.pager != user.pager:
        before, user.pager = user.pager, entry.pager
        record(
            session, "user.profile_changed", by=None, customer_id=user.customer_id, subject_id=user.id,
            changed={"pager": [before, entry.pager]},
        )  # fmt: skip
    if user.is_gone and user.disabled_at:
        user.is_gone = False
        user.enable(by=None)
    mapped = {id for _dn, id in directory.contact_groups}
    held = {group.key for group in groups_of(session, user.id)}
    wanted = (held - mapped) | entry.contact_groups
    if wanted != held:
        groups.choose(session, user, wanted, by=None)


def _put_roles(session: Session, directory: Directory, entry: Entry, user: User) -> None:
    """Give the roles that the directory maps; where it maps none, they are staff's to give."""
    wanted = _known(session, entry.roles)
    if directory.is_mapping_roles and wanted and set(wanted) != user.role_ids:
        user.give_roles(wanted, by=None)


def _known(session: Session, ids: Collection[str]) -> list[str]:
    return sorted(session.scalars(select(Role.id).where(Role.id.in_(ids))))


follow(("element.deleted",), _let_go)
