"""Subjects: what is searched for leaks. An element as its kind describes it, or the profile of a Global user."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from ...customers.elements import Element, Release
from ...customers.models import PROVIDER
from ..global_settings import is_kept_back
from ..kind import Body, Reference, Text
from ..kinds import KINDS
from ..kinds.global_settings import SLUG as SETTINGS

USERS = "users"
NOBODY = "nobody"
"""The scope of what goes to no site."""


@dataclass(frozen=True)
class Subject:
    """What is searched, and whose sites read it: `scope` as changes say it.

    `own` is the customer it is released to; None: all may read it. A finding's place is a text's or a reference's
    position in `texts` and then `references`.
    """

    id: uuid.UUID
    kind: str
    version: int
    scope: str
    own: str | None
    texts: tuple[Text, ...]
    references: tuple[Reference, ...] = ()
    email: str = ""

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing in it can leak: the provider's own sites are read by the provider alone."""
        return self.own == PROVIDER

    @property
    def places(self) -> list[Any]:
        """Return the labels of the fields that findings point at."""
        return [text.field for text in self.texts] + [reference.field for reference in self.references]


def of_element(element: Element) -> Subject:
    """Return what is searched of an element, saved or not."""
    return of_parts(
        element.id, element.kind, element.version or 0, element.key, element.title, element.body or {},
        release=element.release, customer_id=element.customer_id,
    )  # fmt: skip


def of_parts(
    id: uuid.UUID, slug: str, version: int, key: str, title: str, body: Body, *, release: str, customer_id: str | None
) -> Subject:
    """Return what is searched of an element with these parts; of a kind nobody knows, its title alone."""
    kind = KINDS.get(slug)
    is_setting = slug == SETTINGS
    named = () if is_setting else (Text(_l("ID"), key), Text(_l("Title"), title))
    scope = NOBODY if is_setting and is_kept_back(key) else f"customer:{customer_id}" if customer_id else release
    return Subject(
        id=id, kind=slug, version=version, scope=scope, own=customer_id if release == Release.CUSTOMER else None,
        texts=(*named, *(kind.texts(body) if kind else ())), references=tuple(kind.references(body) if kind else ()),
    )  # fmt: skip


def of_user(user: Any) -> Subject:
    """Return what is searched of a Global user: a row with `id`, `version`, `username`, `name`, `email`."""
    texts = (
        Text(_l("Profile"), ""),
        Text(_l("Username"), user.username),
        Text(_l("Name"), user.name),
        Text(_l("Contact groups"), ""),
        Text(_l("Pager address"), user.pager),
        Text(_l("Custom attributes"), "\n".join(value for _id, value in sorted(user.attributes.items()))),
    )
    return Subject(
        id=user.id, kind=USERS, version=user.version, scope=str(Release.GLOBAL), own=None, texts=texts,
        email=user.email or user.username,
    )  # fmt: skip


def texts_of(subjects: Iterable[Subject]) -> list[tuple[Subject, int, Text]]:
    """Return every text of the subjects that says something, with its place."""
    return [
        (subject, place, text)
        for subject in subjects
        for place, text in enumerate(subject.texts)
        if text.text and text.text.strip()
    ]
