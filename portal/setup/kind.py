"""ElementKind: what a kind of setup is called, its form, what it refers to, and what a site gets of it.

One mechanism lists, edits, releases, checks and distributes all kinds; a kind is a file in `kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..customers.elements import Element

if TYPE_CHECKING:
    from .forms.elements import ElementForm

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """That an element names another: by kind and key, and the label of the field that does."""

    kind: str
    key: str
    field: Any


@dataclass(frozen=True)
class Text:
    """What a field of an element says to whoever reads it on a site: searched for what only one may know.

    `names_hosts` marks a field that is there to name hosts or services explicitly.
    """

    field: Any
    text: str
    names_hosts: bool = False


def _nothing(_body: Body) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class ElementKind:
    """A kind of setup. `slug` names it in addresses; `title` its list, `one` a single one ("a password").

    `is_general`: no Customer field, sent to every site. `has_dots`: IDs may hold dots and begin with a digit.
    `can_be_disabled`: sites may be told not to use one. `is_ordered`: its position matters. `has_pages`: edited on the
    pages of all kinds, not on one of its own. `is_global_by_default`: Global can be chosen without the provider's
    setting (GLOBAL_KINDS). `is_named`: others may refer to one. `secret` is the form's field that is kept sealed.
    `columns` are what the list shows beside title, ID and customer: label and a function of the element.
    """

    slug: str
    title: Any
    one: Any
    lead: Any
    form: type[ElementForm]
    columns: tuple[tuple[Any, Callable[[Element], Any]], ...] = ()
    is_general: bool = False
    has_dots: bool = False
    can_be_disabled: bool = True
    is_ordered: bool = False
    has_pages: bool = True
    is_global_by_default: bool = False
    is_named: bool = True
    secret: str = ""
    references: Callable[[Body], Iterable[Reference]] = field(default=_nothing)
    texts: Callable[[Body], Iterable[Text]] = field(default=_nothing)

    def delivered(self, element: Element, secret: str | None) -> dict[str, Any]:
        """Return what a site gets of an element; `secret` in the clear, for its eyes alone."""
        found: dict[str, Any] = {"id": element.key, "title": element.title, "enabled": element.is_enabled}
        found |= {"position": element.position} if self.is_ordered else {}
        found |= dict(element.body)
        if self.secret and secret is not None:
            found[self.secret] = secret
        return found
