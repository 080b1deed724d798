"""Roles as pages show them: the list, one role's answers by section, and all roles side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access import policy
from ..access.permissions import PERMISSIONS, Permission
from ..access.roles import Answer, Role, called
from ..access.wording import code_of, say, sections
from ..accounts.grants import UserRole
from ..accounts.users import User
from ..errors import Forged
from ..setup.roles import may_follow
from ..text import fold

YES, NO, DEFAULT = "yes", "no", "default"
CHOICES: dict[str, bool | None] = {YES: True, NO: False, DEFAULT: None}
PREFIX = "permission."


class Row(NamedTuple):
    """A permission on a role's page: what is chosen, what can be, and what holds by default."""

    permission: Permission
    words: str
    chosen: str
    choices: list[tuple[str, str]]
    is_kept: bool

    @property
    def field(self) -> str:
        """Return the name of its control."""
        return PREFIX + self.permission.name

    @property
    def is_changed(self) -> bool:
        """Tell whether it is answered yes or no rather than by default."""
        return self.chosen != DEFAULT


class Part(NamedTuple):
    """A section of permissions on a page."""

    name: str
    title: str
    rows: list[Any]


def user_counts(session: Session) -> dict[str, int]:
    """Return how many people have each role, deleted ones left out."""
    having = select(UserRole.role_id, func.count()).join(User, User.id == UserRole.user_id)
    return dict(session.execute(having.where(User.archived_at.is_(None)).group_by(UserRole.role_id)).all())


def answers_of(
    role: Role, actor: Any, *, q: str = "", changed: bool = False, entered: Mapping[str, str] | None = None
) -> list[Part]:
    """Return a role's answers by section: those found by `q`, with `changed` explicit ones alone; as `entered`."""
    explicit, defaults = role.explicit, role.defaults_of(PERMISSIONS)
    found = []
    for section in sections(q):
        rows = []
        for permission in section.permissions:
            kept = explicit.get(permission.name)
            if changed and kept is None:
                continue
            default = defaults[permission.name]
            chosen = next(name for name, answer in CHOICES.items() if answer is kept)
            choices = _choices(permission.name, chosen, default, actor)
            chosen = (entered or {}).get(PREFIX + permission.name, chosen)
            words = fold(f"{permission.title} {permission.help} {permission.name}")
            rows.append(Row(permission, words, chosen, choices, default.is_kept))
        if rows:
            found.append(Part(section.name, section.title, rows))
    return found


def _choices(permission: str, chosen: str, default: Answer, actor: Any) -> list[tuple[str, str]]:
    """Return what can be chosen: nobody grants what they do not hold, but what stands may stay."""
    labels = {
        DEFAULT: say(code_of(None, default.is_granted)), YES: say(YES), NO: say(NO),
    }  # fmt: skip
    holds = policy.may_grant_through_role(actor, frozenset({permission}))
    granted = default.is_granted if chosen == DEFAULT else chosen == YES
    may = {DEFAULT: holds or granted or not default.is_granted, YES: holds, NO: True}
    return [(name, label) for name, label in labels.items() if may[name] or name == chosen]


def gone(role: Role) -> list[tuple[str, str, str]]:
    """Return the role's answers to permissions that no longer exist: the control's name, the permission, the answer."""
    return [
        (PREFIX + name, name, say(YES if granted else NO))
        for name, granted in sorted(role.explicit.items())
        if name not in PERMISSIONS
    ]


def read(role: Role, actor: Any, form: Mapping[str, str]) -> dict[str, bool | None]:
    """Return the answers a form holds; raise `Forged` for one that was not offered."""
    rows = {row.field: row for part in answers_of(role, actor) for row in part.rows if not row.is_kept}
    old = {field: name for field, name, _answer in gone(role)}
    found: dict[str, bool | None] = {}
    for field, value in form.items():
        if not field.startswith(PREFIX):
            continue
        if field in rows and value in dict(rows[field].choices):
            found[rows[field].permission.name] = CHOICES[value]
        elif field in old and value in (DEFAULT, "keep"):
            found |= {old[field]: None} if value == DEFAULT else {}
        else:
            raise Forged(f"{field} {value}"[:200])
    return found


def sources(role: Role, roles: Iterable[Role], actor: Any) -> list[tuple[str, str]]:
    """Return the roles that an own role can be based on: no circle, and nothing the actor does not hold."""
    return [
        (one.id, called(one.alias))
        for one in roles
        if one.id == role.based_on_id
        or (may_follow(role, one) and policy.may_grant_through_role(actor, one.permissions - role.permissions))
    ]


def compared(role: Role, form: Mapping[str, str], basics: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return what was entered beside what stands now, where both differ."""
    explicit, defaults = role.explicit, role.defaults_of(PERMISSIONS)
    found = [pair for pair in basics if pair[1] != pair[2]]
    for name, permission in ((one.name, one) for part in sections() for one in part.permissions):
        entered = CHOICES.get(form.get(PREFIX + name, ""), explicit.get(name))
        codes = [code_of(one, defaults[name].is_granted) for one in (entered, explicit.get(name))]
        if codes[0] != codes[1]:
            found.append((str(permission.title), say(codes[0]), say(codes[1])))
    return found or [(str(_("Answers")), str(_("the same")), str(_("the same")))]


def matrix(roles: Iterable[Role], q: str = "") -> list[Part]:
    """Return for each section its permissions with the answer of each role, explicit ones known as such."""
    answers = [role.answers_to(PERMISSIONS) for role in roles]
    return [
        Part(part.name, part.title, [(one, [own(role[one.name]) for role in answers]) for one in part.permissions])
        for part in sections(q)
    ]


def own(answer: Answer) -> tuple[bool, bool, str]:
    """Return of an answer whether it grants, whether it is set in the role itself, and the code of it."""
    is_set = answer.is_explicit and len(answer.through) == 1
    code = YES if answer.is_kept and len(answer.through) == 1 else code_of(
        answer.is_granted if is_set else None, answer.is_granted
    )  # fmt: skip
    return answer.is_granted, is_set, code


def matrix_rows(roles: list[Role]) -> tuple[list[str], Iterator[list[str]]]:
    """Return the matrix for a file: headings, and a row for each permission; a plain yes or no is set explicitly."""
    headings = [_("Section"), _("Permission"), _("Title"), *(role.id for role in roles)]
    rows = (
        [part.title, permission.name, str(permission.title), *(say(code) for _granted, _set, code in answers)]
        for part in matrix(roles)
        for permission, answers in part.rows
    )
    return headings, rows
