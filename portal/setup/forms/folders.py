"""The form of a folder's permission: which groups may edit it, and what they are responsible for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError
from wtforms.validators import InputRequired

from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from .. import places
from .allocation import Folder, SomeGroups
from .elements import ElementForm
from .lookups import Keys


class FolderForm(ElementForm):
    """The permission of a folder. Its customer and its path are fixed once it is made; they give its ID."""

    path = Folder(
        _l("Folder"), validators=[InputRequired(_l("Give the folder’s path."))],
        description=_l("As in /linux/db; / is the main folder."),
    )  # fmt: skip
    groups = Keys(
        _l("Contact groups"), kind=CONTACT_GROUPS, validators=[SomeGroups()],
        description=_l("Whose members may edit who is responsible here, without seeing more for it."),
    )  # fmt: skip
    may_edit_below = BooleanField(_l("Give these groups permission also on all subfolders"))
    as_contacts = BooleanField(_l("Add these groups as contacts to all hosts in this folder"))
    as_contacts_below = BooleanField(_l("Add these groups as contacts in all subfolders"))
    for_services = BooleanField(
        _l("Add these groups explicitly to the services too"),
        description=_l("These services then no longer have the groups of their host."),
    )

    placed: tuple[str, str] | None = None
    """Customer (or `global`) and path, once they are fixed."""

    def prepare(self, kind: Any, element: Any = None, **more: Any) -> None:
        """Drop what the path gives."""
        super().prepare(kind, element, **more)
        del self.title
        if element is not None:
            self.place(element.customer_id or Release.GLOBAL, element.body["path"])
        else:
            del self.id

    def place(self, customer: str, path: str) -> None:
        """Let the form be about one folder, whatever is sent."""
        self.placed = customer, path
        del self.customer
        del self.path

    def begin(self, asked: Any, *_more: Any) -> None:
        """Fill in what the address says: a customer and a path."""
        self.customer.data, self.path.data = asked.get("customer", "provider")[:64], asked.get("path", "")[:255]

    @property
    def body(self) -> dict[str, Any]:
        """Return the body, with the path of a permission that has its place."""
        return {**({"path": self.placed[1]} if self.placed else {}), **super().body}

    @property
    def chosen_key(self) -> str:
        """Return the ID that customer and path give."""
        return places.folder_key(*(self.placed or ((self.customer.data or "").strip(), self.path.data or "")))

    @property
    def chosen_title(self) -> str:
        """Return the path."""
        return str(self.body["path"] or "")

    def validate_for_services(self, field: Any) -> None:
        """Raise ValidationError for groups that are no contacts: their services would not get them."""
        if field.data and not (self.as_contacts.data or self.as_contacts_below.data):
            raise ValidationError(_("Add the groups as contacts to hosts first, here or in subfolders."))
