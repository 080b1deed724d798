"""Explanations: why somebody holds a verb or does not: which role, and how it comes to its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import gettext as _

from ..access.permissions import PERMISSIONS, SHARED
from ..access.policy import OWN_PROFILE
from ..access.rights import (
    BY_RIGHT,
    BY_ROLE,
    BY_ROLE_WITH_SITES,
    BY_ROLE_WITH_SUPPORT,
    BY_SLEEPING_RIGHT,
    PortalRole,
    Right,
)
from ..access.roles import DEFAULT, Answer, Role, called
from ..access.wording import say, title_of
from ..audit.sentences import RIGHTS, ROLES
from .holders import ONLY_OWN


class Reason(NamedTuple):
    """One thing that speaks for it or against."""

    is_for: bool
    sentence: str


class Explanation(NamedTuple):
    """Whether somebody holds a verb, and everything that bears on it."""

    verb: str
    title: str
    is_held: bool
    reasons: list[Reason]


class Explainer:
    """Says of people, rows of `holders.people`, why they hold what they do; `roles` are all there are."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = {role.id: role for role in roles}

    def explain(self, person: Any, verbs: Iterable[str]) -> list[Explanation]:
        """Return whether and why the person holds each verb."""
        wanted = list(verbs)
        asked = [name for name in wanted if name in PERMISSIONS]
        given = sorted((person.role_ids or "").split()) or ([DEFAULT] if person.portal_role else [])
        answers = {id: self.roles[id].answers_to(asked) for id in given if id in self.roles}
        found = []
        for verb in wanted:
            if verb in PERMISSIONS:
                held, reasons = self._by_roles(person, verb, {id: answers[id][verb] for id in answers})
            else:
                reasons = _by_portal_role(person, verb)
                held = any(reason.is_for for reason in reasons)
            found.append(Explanation(verb, title_of(verb), held, reasons))
        return found

    def _by_roles(self, person: Any, verb: str, answers: dict[str, Answer]) -> tuple[bool, list[Reason]]:
        """Any role that grants suffices; what stands above all roles is told first."""
        if person.portal_role and verb not in SHARED | OWN_PROFILE:
            return False, [Reason(False, _("This belongs to the provider’s door, which opens to staff alone."))]
        reasons = [Reason(answer.is_granted, self.say(answer)) for answer in answers.values()]
        held = any(reason.is_for for reason in reasons)
        if not answers:
            reasons.append(Reason(False, _("No role was given.")))
        elif not person.role_ids:
            reasons.insert(0, Reason(held, _("No role was given, so the default role counts.")))
        if held and person.portal_role and verb not in OWN_PROFILE and not person.has_sites:
            sentence = _("The company has no monitoring site, and roles speak of monitoring alone.")
            return False, [Reason(False, sentence), *reasons]
        if held and verb == ONLY_OWN and person.sees_only_own:
            sentence = _("Only what they are a contact for is shown, as their settings say, whatever roles grant.")
            return False, [Reason(False, sentence), *reasons]
        return held, reasons

    def say(self, answer: Answer) -> str:
        """Return what a role answers and where that stands, through its whole lineage."""
        words = {
            "role": self._name(answer.through[0]), "source": self._name(answer.role_id),
            "way": " → ".join(self._name(id) for id in answer.through),
        }  # fmt: skip
        said = say("yes" if answer.is_granted else "no")
        default = say("default (yes)" if answer.is_granted else "default (no)")
        follows = len(answer.through) > 1
        if answer.is_kept:
            return str(_("%(role)s: yes. %(source)s always keeps this, so that nobody is locked out.", **words))
        if answer.is_explicit and follows:
            return str(_("%(role)s: %(default)s, as set in %(source)s (%(way)s).", default=default, **words))
        if answer.is_explicit:
            return str(_("%(role)s: %(said)s, set in the role itself.", said=said, **words))
        if not self.roles[answer.role_id].is_built_in:
            return str(_("%(role)s: no, for it is not based on any built-in role.", **words))
        if follows:
            return str(
                _("%(role)s: %(default)s, from the built-in role %(source)s (%(way)s).", default=default, **words)
            )
        return str(_("%(role)s: %(default)s of this built-in role.", default=default, **words))

    def _name(self, role_id: str) -> str:
        return called(self.roles[role_id].alias)


def _by_portal_role(person: Any, verb: str) -> list[Reason]:
    """Return what portal role and rights say to a verb of the customers' door."""
    if not person.portal_role:
        return [Reason(False, _("This belongs to the customers’ door, which staff do not use."))]
    role = PortalRole(person.portal_role)
    name = {"role": str(ROLES[role])}
    found = []
    if verb in BY_ROLE[role]:
        found.append(Reason(True, _("Portal role %(role)s.", **name)))
    elif verb in BY_ROLE_WITH_SUPPORT[role]:
        found.append(
            Reason(True, _("Portal role %(role)s, at a company that has or had support.", **name))
            if person.support_ever
            else Reason(False, _("Portal role %(role)s would, but the company never had support.", **name))
        )
    elif verb in BY_ROLE_WITH_SITES[role]:
        found.append(
            Reason(True, _("Portal role %(role)s, at a company with a monitoring site.", **name))
            if person.has_sites
            else Reason(False, _("Portal role %(role)s would, but the company has no monitoring site.", **name))
        )
    found += [_by_right(person, verb, right) for right in Right if verb in BY_RIGHT[right]]
    return found or [Reason(False, _("Portal role %(role)s does not bring it.", **name))]


def _by_right(person: Any, verb: str, right: Right) -> Reason:
    name = {"right": str(RIGHTS[right])}
    if right not in (person.rights or "").split():
        return Reason(False, _("The right “%(right)s” was not given.", **name))
    if right is not Right.REQUEST_SUPPORT or person.support_now:
        return Reason(True, _("The right “%(right)s”.", **name))
    if person.support_ever and verb in BY_SLEEPING_RIGHT.get(right, ()):
        return Reason(True, _("The right “%(right)s” sleeps, but old tickets stay readable.", **name))
    return Reason(False, _("The right “%(right)s” sleeps: no subscription covers support today.", **name))
