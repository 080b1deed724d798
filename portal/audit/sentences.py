"""Sentences: how history reads. One per tag, for the reader's language, with names in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

Words = dict[str, Any]
"""What a sentence may use: `actor` and `subject` are names, `own` whether both are the same, `data` the event's own."""

TOPICS = {
    "people": _l("People"),
    "roles": _l("Roles"),
    "rights": _l("Rights"),
    "super-user": _l("Super user"),
    "security": _l("Security"),
    "subscriptions": _l("Subscriptions"),
    "company": _l("Company"),
    "documents": _l("Documents"),
}
"""What history is filtered by: code and label."""

RIGHTS = {"download_license": _l("Download & License Checkmk"), "request_support": _l("Request Support")}
ROLES = {"super_user": _l("Super User"), "admin": _l("Admin"), "user": _l("User")}


def _role(code: str | None) -> str:
    return str(ROLES.get(code or "", code or ""))


def _right(code: str) -> str:
    return str(RIGHTS.get(code, code))


TAGS: dict[str, tuple[Any, Callable[[Words], str]]] = {
    "customer.archived": (_l("Company"), lambda w: _("%(actor)s archived the company", **w)),
    "customer.changed": (_l("Company"), lambda w: _("%(actor)s changed the company data", **w)),
    "customer.created": (_l("Company"), lambda w: _("%(actor)s created the company", **w)),
    "customer.deleted": (_l("Company"), lambda w: _("%(actor)s deleted the company", **w)),
    "customer.restored": (_l("Company"), lambda w: _("%(actor)s brought the company back", **w)),
    "import.finished": (_l("Documents"), lambda w: _("%(actor)s imported documents from the ERP", **w)),
    "invitation.cancelled": (_l("People"), lambda w: _("%(actor)s cancelled the invitation of %(subject)s", **w)),
    "invitation.sent": (_l("People"), lambda w: _("%(actor)s invited %(subject)s", **w)),
    "kiosk.made": (
        _l("Security"),
        lambda w: _("%(actor)s made the kiosk link %(name)s", **w | {"name": w["data"]["name"]}),
    ),
    "kiosk.revoked": (
        _l("Security"),
        lambda w: _("%(actor)s revoked the kiosk link %(name)s", **w | {"name": w["data"]["name"]}),
    ),
    "machine.secret_set": (
        _l("Security"),
        lambda w: (
            _("%(actor)s gave %(subject)s a new secret, and put it into a file", **w)
            if w["data"].get("in_file")
            else _("%(actor)s gave %(subject)s a new secret", **w)
        ),
    ),
    "mail.resent": (_l("People"), lambda w: _("%(actor)s sent a message to %(subject)s again", **w)),
    "password.changed": (_l("Security"), lambda w: _("%(subject)s changed their password", **w)),
    "password.chosen": (_l("Security"), lambda w: _("%(subject)s accepted the invitation and chose a password", **w)),
    "password.forgotten": (_l("Security"), lambda w: _("Somebody asked for a new password for %(subject)s", **w)),
    "password.given": (_l("Security"), lambda w: _("%(actor)s gave %(subject)s a new password", **w)),
    "password.reset": (_l("Security"), lambda w: _("%(subject)s chose a new password by mail", **w)),
    "password.set": (_l("Security"), lambda w: _("An operator set the password of %(subject)s", **w)),
    "request.approved": (_l("Super user"), lambda w: _("%(actor)s approved: %(subject)s is the super user now", **w)),
    "request.declined": (_l("Super user"), lambda w: _("%(actor)s declined %(subject)s as super user", **w)),
    "request.raised": (_l("Super user"), lambda w: _("%(actor)s asked for %(subject)s as super user", **w)),
    "request.withdrawn": (
        _l("Super user"),
        lambda w: _("%(actor)s withdrew the request for %(subject)s as super user", **w),
    ),
    "session.ended": (
        _l("Security"),
        lambda w: (
            _("%(actor)s ended sessions of their own", **w)
            if w["own"]
            else _("%(actor)s ended sessions of %(subject)s", **w)
        ),
    ),
    "subscription.changed": (
        _l("Subscriptions"),
        lambda w: _("%(actor)s changed the subscription %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "subscription.ended": (
        _l("Subscriptions"),
        lambda w: _("%(actor)s ended the subscription %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "subscription.entered": (
        _l("Subscriptions"),
        lambda w: _("%(actor)s entered the subscription %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "subscription.renewed": (
        _l("Subscriptions"),
        lambda w: _("%(actor)s renewed the subscription %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "token.made": (
        _l("Security"),
        lambda w: _("%(actor)s made the access token %(name)s", **w | {"name": w["data"]["name"]}),
    ),
    "token.revoked": (
        _l("Security"),
        lambda w: _("%(actor)s revoked the access token %(name)s", **w | {"name": w["data"]["name"]}),
    ),
    "user.appointed": (_l("Super user"), lambda w: _("%(actor)s made %(subject)s the super user", **w)),
    "user.created": (_l("People"), lambda w: _added(w)),
    "user.deleted": (_l("People"), lambda w: _("%(actor)s deleted %(subject)s", **w)),
    "user.disabled": (_l("People"), lambda w: _("%(actor)s disabled %(subject)s", **w)),
    "user.email_asked": (
        _l("People"),
        lambda w: (
            _("%(actor)s asked for another e-mail address", **w)
            if w["own"]
            else _("%(actor)s asked for another e-mail address for %(subject)s", **w)
        ),
    ),
    "user.email_changed": (
        _l("People"),
        lambda w: (
            _("%(actor)s confirmed a new e-mail address", **w)
            if w["own"]
            else _("%(actor)s changed the e-mail address of %(subject)s", **w)
        ),
    ),
    "user.enabled": (_l("People"), lambda w: _("%(actor)s enabled %(subject)s", **w)),
    "user.moved": (_l("People"), lambda w: _("%(actor)s moved %(subject)s to another company", **w)),
    "user.profile_changed": (
        _l("People"),
        lambda w: (
            _("%(actor)s changed their profile", **w)
            if w["own"]
            else _("%(actor)s changed the personal settings of %(subject)s", **w)
        ),
    ),
    "user.account_changed": (
        _l("People"),
        lambda w: (
            _("%(actor)s changed their own account", **w)
            if w["own"]
            else _("%(actor)s changed the account of %(subject)s", **w)
        ),
    ),
    "attribute.created": (
        _l("People"),
        lambda w: _("%(actor)s added the attribute of users %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "attribute.changed": (
        _l("People"),
        lambda w: _("%(actor)s changed the attribute of users %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "attribute.deleted": (
        _l("People"),
        lambda w: _("%(actor)s deleted the attribute of users %(title)s", **w | {"title": w["data"]["title"]}),
    ),
    "user.renamed": (
        _l("People"),
        lambda w: (
            _("%(actor)s changed their own name", **w)
            if w["own"]
            else _("%(actor)s changed the name of %(subject)s", **w)
        ),
    ),
    "user.right_granted": (
        _l("Rights"),
        lambda w: _("%(actor)s gave %(subject)s the right %(right)s", **w | {"right": _right(w["data"]["right"])}),
    ),
    "user.right_withdrawn": (
        _l("Rights"),
        lambda w: _("%(actor)s took the right %(right)s from %(subject)s", **w | {"right": _right(w["data"]["right"])}),
    ),
    "user.role_changed": (
        _l("Roles"),
        lambda w: _("%(actor)s made %(subject)s %(role)s", **w | {"role": _role(w["data"]["role"])}),
    ),
    "user.roles_changed": (
        _l("Roles"),
        lambda w: _("%(actor)s gave %(subject)s the roles %(roles)s", **w | {"roles": ", ".join(w["data"]["roles"])}),
    ),
    "user.signed_in": (_l("Security"), lambda w: _("%(actor)s signed in", **w)),
}


def _added(w: Words) -> str:
    rights = ", ".join(_right(code) for code in w["data"].get("rights") or ())
    words = w | {"role": _role(w["data"].get("role")), "rights": rights}
    if rights:
        return str(_("%(actor)s added %(subject)s as %(role)s with %(rights)s", **words))
    if words["role"]:
        return str(_("%(actor)s added %(subject)s as %(role)s", **words))
    return str(_("%(actor)s added %(subject)s", **words))


def add(topic: str, label: Any, sentences: Mapping[str, Callable[[Words], str]]) -> None:
    """Teach history the sentences of a feature: its topic, for the filter, and a sentence for each tag."""
    TOPICS[topic] = label
    TAGS.update({tag: (label, sentence) for tag, sentence in sentences.items()})


def say(tag: str, *, actor: str, subject: str, data: dict[str, Any], own: bool = False) -> str:
    """Return the sentence of an event, for the present language; `own` when somebody acted on themselves."""
    words = {"actor": actor or _("The portal"), "subject": subject or _("somebody"), "data": data, "own": own}
    return str(TAGS[tag][1](words))


def topics() -> dict[str, tuple[str, list[str]]]:
    """Return each topic's code with its label and tags, for the history's filter."""
    codes = {str(label): code for code, label in TOPICS.items()}
    found: dict[str, tuple[str, list[str]]] = {code: (label, []) for label, code in codes.items()}
    for tag, (topic, _say) in TAGS.items():
        found[codes[str(topic)]][1].append(tag)
    return found
