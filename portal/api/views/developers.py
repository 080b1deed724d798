"""For developers: how programs use the portal, told by the API's own description."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from flask_babel import lazy_gettext as _l

from ...access.guard import signed_in
from ...accounts import own_pages
from .. import reference

bp = Blueprint("developers", __name__)
own_pages.add(
    own_pages.OwnPage(
        _l("API"), _l("What programs may ask the portal, and how."), _l("API"), "/developers/",
        lambda _session, _person: True,
    )
)  # fmt: skip


@bp.get("/developers/")
@signed_in
def index() -> str:
    """Say how a program signs in and what holds everywhere; then what there is."""
    found = reference.sections()
    example = next((one.path for part in found for one in part.operations if one.is_open and one.is_page), "")
    return render_template(
        "api/developers.html", sections=found, problem=reference.problem(), base=_base(),
        example=example.removeprefix("/api/v1/"),
    )  # fmt: skip


@bp.get("/developers/<subject>")
@signed_in
def show(subject: str) -> str:
    """Give the operations on a subject, with the fields of its objects."""
    found = next((one for one in reference.sections() if one.slug == subject), None)
    if found is None:
        abort(404)
    return render_template("api/subject.html", section=found, base=_base())


def _base() -> str:
    return str(current_app.config["BASE_URL"]).rstrip("/")
