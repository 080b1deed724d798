"""Deeds: everything that may be done to a person. Each checks the policy, is recorded, and tells the person by mail.

The portal itself (`by=None`: imports, the demo) writes no mail. Who is disabled is told of that alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from ..access import policy
from ..access.rights import PortalRole, Right
from ..audit.models import record
from ..audit.sentences import RIGHTS, ROLES
from ..customers.models import PROVIDER, Customer
from ..database import now
from ..errors import Forged, Refused
from ..text import fold, sort_key
from .grants import Grant, UserRole
from .notices import tell

if TYPE_CHECKING:
    from .users import User


class Deeds:
    """What may be done to a `User`; mixed into it."""

    if TYPE_CHECKING:
        id: Any
        _has_email: Any
        customer_id: Any
        customer: Any
        username_key: Any
        name: Any
        name_key: Any
        email: Any
        email_key: Any
        portal_role: Any
        password_hash: Any
        has_joined: Any
        directory_id: Any
        invited_at: Any
        source: Any
        disabled_at: Any
        archived_at: Any
        grants: Any
        roles: Any

        @property
        def rights(self) -> frozenset[Right]: ...  # noqa: D102

        @property
        def role_ids(self) -> frozenset[str]: ...  # noqa: D102

        @property
        def is_staff(self) -> bool: ...  # noqa: D102

    @property
    def _session(self) -> Session:
        session = object_session(self)
        assert session is not None
        return session

    def _record(self, tag: str, by: Any, **data: Any) -> None:
        record(self._session, tag, by=by, customer_id=self.customer_id, subject_id=self.id, **data)

    def _tell(self, template: str, by: Any, **context: Any) -> None:
        """Write to the person what somebody else did."""
        if by is not None and by.id != self.id:
            tell(self._session, cast("User", self), template, by=by.name, **context)

    @property
    def _can_sign_in(self) -> bool:
        return self.has_joined and not self.disabled_at and not self.archived_at

    def _allow(self, by: Any, *, themself: bool = False) -> None:
        """Raise `Forged` unless `by` may edit them, manages staff, is the portal, or (`themself`) is they."""
        person = cast("User", self)
        if by is None or (themself and by.id == self.id):
            return
        if not (policy.may_edit_person(by, person) or policy.may_manage_staff(by, person)):
            raise Forged(f"user {self.id}")

    def refuse_owned(self, by: Any, field: str) -> None:
        """Raise `Refused` for what the person's directory says; only reading it anew (`by` nobody) changes that."""
        if by is not None and self.directory_id is not None:
            raise Refused(_("The directory this account comes from says this. Have it changed there."), field=field)

    def rename(self, name: str, *, by: Any) -> None:
        """Change the name."""
        self._allow(by, themself=True)
        name = " ".join(name.split())
        if not name:
            raise Refused(_("A person needs a name."), field="name")
        if name != self.name:
            self.refuse_owned(by, "name")
            self.name, self.name_key = name, sort_key(name)
            self._record("user.renamed", by)

    def check_email(self, email: str) -> None:
        """Raise `Refused` when somebody else of the same company has the address."""
        self.check_email_at(self.customer_id, email)

    def check_email_at(self, customer_id: str | None, email: str, *, field: str = "email") -> None:
        """Raise `Refused` when somebody else of a customer has the address."""
        if self._has_email(self._session, customer_id, email, but=self.id):
            raise Refused(_("Somebody here already has this e-mail address."), field=field)

    def change_email(self, email: str, *, by: Any) -> None:
        """Change the address that mail goes to; the username stays, links sent to the old address stop working.

        By somebody else: sessions end, and the old address is told. Pages ask with `letters.ask_email`.
        """
        self._allow(by, themself=True)
        email = email.strip()
        if email == self.email:
            return
        self.refuse_owned(by, "email")
        self.check_email(email)
        others = by is not None and by.id != self.id
        if others:
            self.end_sessions()
            if self._can_sign_in and self.email:
                self._tell("email_changed_by_other", by, address=email)
        self.revoke_tokens()
        self.email, self.email_key = email, fold(email)
        self._record("user.email_changed", by)

    def give_role(self, role: PortalRole, *, by: Any) -> None:
        """Make an admin or a user of them; rights stay as they are, sessions end."""
        if role == self.portal_role:
            return
        if by is not None and role not in policy.assignable_roles(by, self):
            raise Forged(f"role {role}")
        if self.portal_role is None or PortalRole.SUPER_USER in (role, self.portal_role):
            raise Refused(_("A super user changes only through a request."))
        self._record("user.role_changed", by, before=self.portal_role, role=role)
        self.portal_role = role
        self.end_sessions()
        if self._can_sign_in:
            self._tell("role_changed", by, roles=[ROLES[role]])

    def grant_rights(self, rights: Collection[Right], *, offered: Collection[Right], by: Any) -> None:
        """Set the offered rights to `rights`; what is not offered sleeps untouched. A right not offered is forged."""
        if not set(rights) <= set(offered):
            raise Forged(f"rights {sorted(set(rights) - set(offered))}")
        if by is not None and not policy.may_edit_person(by, self):
            raise Forged("rights")
        given = [right for right in offered if right in rights and right not in self.rights]
        taken = [right for right in offered if right not in rights and right in self.rights]
        for right in given:
            self.grants.append(Grant(right=right))
            self._record("user.right_granted", by, right=right)
        for right in taken:
            self.grants = [grant for grant in self.grants if grant.right != right]
            self._record("user.right_withdrawn", by, right=right)
        if given or taken:
            flag_modified(self, "portal_role")  # grants are rows of their own: the version is to tell of them too
        if (given or taken) and self._can_sign_in:
            self._tell(
                "rights_changed", by, given=[RIGHTS[right] for right in given], taken=[RIGHTS[right] for right in taken]
            )

    def give_roles(self, roles: Collection[str], *, by: Any) -> None:
        """Set the provider's roles; one at least."""
        if not roles:
            raise Refused(_("Choose at least one role."), field="roles")
        if set(roles) == self.role_ids:
            return
        if by is not None and not policy.may_edit_access(by, cast("User", self)):
            raise Forged(f"roles {sorted(roles)}")
        self._record("user.roles_changed", by, before=sorted(self.role_ids), roles=sorted(roles))
        self.roles = [role for role in self.roles if role.role_id in roles] + [
            UserRole(role_id=role) for role in roles if role not in self.role_ids
        ]
        flag_modified(self, "portal_role")  # as with rights
        if self._can_sign_in:
            self._tell("role_changed", by, roles=sorted(roles))

    def disable(self, *, by: Any) -> None:
        """End the person's access at once; everything else about them stays."""
        self._allow(by)
        if self.disabled_at is None:
            self.disabled_at = now()
            self.end_sessions()
            self.revoke_tokens()
            self._record("user.disabled", by)
            if self.has_joined or self.invited_at:
                self._tell("account_disabled", by)

    def enable(self, *, by: Any) -> None:
        """Give a disabled person their access back."""
        self._allow(by)
        if self.disabled_at is not None:
            self.disabled_at = None
            self._record("user.enabled", by)
            if self._can_sign_in:
                self._tell("account_enabled", by)

    def delete(self, *, by: Any) -> None:
        """Leave a tombstone: history keeps the name, the account is gone and its addresses are free again."""
        self._allow(by)
        if self.portal_role == PortalRole.SUPER_USER:
            raise Refused(_("A company needs a super user. Ask for another one first."))
        self.end_sessions()
        self.revoke_tokens()
        self._record("user.deleted", by)
        self._tell("account_deleted", by, invited=not self.has_joined)
        self._bury()

    def withdraw_invitation(self, *, by: Any) -> None:
        """Let the mailed link stop working; who is here by invitation only goes, whom an import brought stays."""
        if not policy.may_invite_person(by, cast("User", self)):
            raise Forged(f"invitation of {self.id}")
        if self.has_joined or self.archived_at:
            raise Refused(_("%(name)s has accepted the invitation already.", name=self.name))
        self.revoke_tokens()
        self._record("invitation.cancelled", by)
        self._tell("account_deleted", by, invited=True)
        self.invited_at = None
        if self.source is None:
            self._bury()

    def _bury(self) -> None:
        self.close_programs()
        self.archived_at = now()
        self.password_hash = None
        if self.portal_role == PortalRole.SUPER_USER:
            self.portal_role = PortalRole.USER  # the place is free again
        self.username_key = f"{self.username_key[:200]} {self.id}"
        self.grants, self.roles = [], []

    def move(self, customer: Customer, *, by: Any) -> None:
        """Move to another customer: portal role `user`, rights dropped, sessions ended; both histories tell it."""
        if by is not None and "customers.people" not in by.verbs:
            raise Forged(f"move of {self.id}")
        if self.portal_role == PortalRole.SUPER_USER:
            raise Refused(_("A super user cannot be moved to another customer."))
        if self.is_staff or customer.id == PROVIDER:
            raise Refused(_("Only customers’ people move between customers."))
        self.refuse_owned(by, "customer")
        if self._has_email(self._session, customer.id, self.email, but=self.id):
            raise Refused(_("Somebody there already has this e-mail address."), field="customer")
        source = self.customer_id
        for side in (source, customer.id):
            record(
                self._session, "user.moved", by=by, customer_id=side, subject_id=self.id,
                source=source, target=customer.id,
            )  # fmt: skip
        former = self.customer.name
        self.customer_id, self.portal_role, self.grants = customer.id, PortalRole.USER, []
        self.customer = customer
        self.end_sessions()
        self.revoke_tokens()
        self.close_programs()
        if self._can_sign_in:
            self._tell("moved", by, former=former)

    def end_sessions(self, *, but: str | None = None) -> None:
        """End all sessions, or all but the one with that token hash."""
        from .session_rows import SessionRow

        query = delete(SessionRow).where(SessionRow.user_id == self.id)
        self._session.execute(query if but is None else query.where(SessionRow.token_hash != but))

    def revoke_tokens(self) -> None:
        """Make every link that was sent and not used worthless."""
        from .tokens import Token

        self._session.execute(delete(Token).where(Token.user_id == self.id, Token.used_at.is_(None)))

    def close_programs(self) -> None:
        """Let neither a machine account's secret, nor any token or kiosk link of theirs, open anything any more."""
        from .access_tokens import AccessToken
        from .kiosk_links import KioskLink
        from .machines import remove_secret

        remove_secret(self._session, cast("User", self))
        for table in (AccessToken, KioskLink):
            self._session.execute(delete(table).where(table.user_id == self.id))
