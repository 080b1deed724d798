"""Folders: the permission of a folder. Who may edit it, and whose groups its hosts and services are given."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ..forms.folders import FolderForm
from ..kind import ElementKind, Text
from .contact_rules import references

KIND = ElementKind(
    slug="folders",
    title=_l("Folders"),
    one=_l("the permission of a folder"),
    lead=_l("The folders of all sites with their hosts and services, who may edit them and who is responsible."),
    form=FolderForm,
    can_be_disabled=False,
    is_global_by_default=True,
    is_named=False,
    references=references,
    texts=lambda body: (Text(_l("Folder"), body.get("path") or ""),),
)
