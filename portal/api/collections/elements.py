"""Elements of setup: groups and passwords, through the very forms of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from werkzeug.datastructures import MultiDict

from ...customers.elements import Element, Release
from ...setup import elements
from ...setup.forms.elements import ElementForm
from ...setup.kind import ElementKind
from ...setup.kinds import KINDS as PAGES
from ...setup.releases import To
from ...text import fold, sort_key
from ..checking import refusal
from ..collection import CUSTOMER, FLAG, TEXT, Body, Collection, Field, Filter, line, text

PASSWORD = (
    Field("password", {**line(4000), "minLength": 1}, "Never shown. Left out of a change: as it was.", "always",
          is_shown=False),
    Field("comment", {**text(2000), "default": ""}, "What it opens, and who handed it over.", "always"),
    Field("documentation_url", {**line(500), "default": ""}, "The address of a page that says more.", "always"),
    Field("owner", {**line(64), "default": ""}, "The contact group that may change it on a site; empty: "
          "administrators alone.", "always"),
)  # fmt: skip


def _listed(slug: str) -> Callable[[Any], Select[Any]]:
    def listed(reader: Any) -> Select[Any]:
        return select(
            Element.id, Element.key, Element.title, Element.release, Element.customer_id, Element.is_enabled,
            Element.body, Element.version,
        ).where(Element.seen_by(reader), Element.kind == slug, Element.archived_at.is_(None))  # fmt: skip

    return listed


def of_customer(value: str) -> list[ColumnElement[bool]]:
    """Return the condition that an element is Global, or a customer's."""
    return [Element.release == Release.GLOBAL if value == Release.GLOBAL else Element.customer_id == value]


def found(value: str) -> list[ColumnElement[bool]]:
    """Return the conditions that each word stands in title or ID."""
    return [
        or_(
            Element.title_key.contains(sort_key(word), autoescape=True),
            func.lower(Element.key).contains(word, autoescape=True),
        )
        for word in fold(value).split()[:8]
    ]


FILTERS = (
    Filter("q", line(200), "Words of the title or the ID.", found),
    Filter("customer", CUSTOMER, "Those of a customer, of the provider, or Global ones.", of_customer),
)


def _shown(kind: ElementKind) -> Callable[[Any, Any, Sequence[Any]], list[Mapping[str, Any]]]:
    def shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
        names = [field.name for field in PASSWORD if field.is_shown] if kind.secret else []
        return [
            {
                "id": row.key, "title": row.title, "customer": To(row.release, row.customer_id).choice,
                **({"enabled": row.is_enabled} if kind.can_be_disabled else {}),
                **{name: row.body.get(name) or "" for name in names},
            }
            for row in rows
        ]  # fmt: skip

    return shown


def form_of(
    kind: ElementKind, values: Body, element: Element | None, names: Mapping[str, str] | None = None
) -> ElementForm:
    """Return the pages' form with these values; raise Problem 422 for what does not hold.

    `names` are those of fields that programs call otherwise.
    """
    data: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one not in (None, False):
                data.add(name, "y" if one is True else str(one))
    form = kind.form(formdata=data, meta={"csrf": False})
    form.prepare(kind, element)
    if not form.validate():
        called = names or {}
        raise refusal(
            {called.get(name, name): [str(one) for one in errors] for name, errors in form.errors.items() if name}
        )
    return form


def _create(kind: ElementKind) -> Callable[[Any, Body, Any], Mapping[str, Any]]:
    def create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
        form = form_of(kind, values, None)
        to = form.to()
        made = elements.create(
            session, kind.slug, key=form.chosen_key, customer=to.choice if to else "", by=by, **form.values
        )
        return {"id": made.key}

    return create


def _change(kind: ElementKind) -> Callable[[Any, Any, Body, Any], None]:
    def change(session: Any, row: Any, values: Body, by: Any) -> None:
        element = session.get_one(Element, row.id)
        form = form_of(kind, values, element)
        to = form.to()
        if to:
            elements.release(session, element, to.choice, by=by)
        elements.change(session, element, by=by, **form.values)

    return change


def _delete(session: Any, row: Any, by: Any) -> None:
    elements.delete(session, session.get_one(Element, row.id), by=by)


def collection(slug: str, noun: str, help: str, *own: Field) -> Collection:
    """Return the collection of a kind of setup."""
    kind = PAGES[slug]
    enabled = (Field("enabled", {**FLAG, "default": True}, taken="always"),) if kind.can_be_disabled else ()
    return Collection(
        path=slug, title=slug.replace("-", " ").capitalize(), noun=noun, help=help,
        fields=(
            Field("id", {**TEXT, "maxLength": 64}, "Fixed once it is made.", "new", needed=True),
            Field("title", {**line(200), "minLength": 1}, taken="always", needed=True),
            Field("customer", CUSTOMER, "To whose sites it goes.", "always", needed=True),
            *enabled,
            *own,
        ),
        reads=("setup.read",), writes=("setup.edit",),
        listed=_listed(slug), order=(Element.key,), one=lambda id: Element.key == id, shown=_shown(kind),
        filters=FILTERS, create=_create(kind), change=_change(kind), delete=_delete,
    )  # fmt: skip


COLLECTIONS = (
    collection("contact-groups", "contact group", "What hosts and services are given to, never people."),
    collection("host-groups", "host group", "Hosts that are looked at together."),
    collection("service-groups", "service group", "Services that are looked at together."),
    collection("passwords", "password", "What sites need to reach monitored systems; kept sealed.", *PASSWORD),
)
