"""What is done to elements of any kind: made, edited, released, switched off and on, deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.elements import Element
from ...customers.models import Customer
from ...database import db
from ...errors import Refused, Stale
from .. import elements, listing, packs
from ..differences import Wording
from ..forms.elements import ElementForm
from ..forms.lookups import options
from ..kind import ElementKind
from ..leaks import checking
from ..references import InUse
from ..releases import PACKS
from ..responsibility import previews
from .elements import element_of, kind_of, page_of

bp = Blueprint("setup_deeds", __name__, url_prefix="/provider/setup/<slug>")


@bp.route("/new", methods=["GET", "POST"])
@requires("setup.read", act="setup.edit")
def new(slug: str) -> Any:
    """Make an element; `?pack` names the pack a rule is to stand in."""
    kind, session, status = kind_of(slug), db.session(), 200
    form = kind.form()
    pack = elements.find(session, PACKS, request.args.get("pack", "")) if slug == packs.RULES else None
    form.prepare(kind, pack=pack)
    if form.validate_on_submit() and not is_asked():
        try:
            to = form.to()
            element = elements.create(
                session, slug, key=form.chosen_key, customer=to.choice if to else "", by=current_user, **form.values
            )
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("“%(title)s” is made. Sites get it with the next activation.", title=element.title))
            checking.tell(session, slug, element.id)
            return redirect(url_for("setup_elements.show", slug=slug, key=element.key))
    elif form.is_submitted():
        status = 422 if form.errors else 200
    else:
        form.begin(request.args, pack, packs.next_position(session, slug, pack))
    return _form(kind, form, pack=pack), status


@bp.route("/<key>/edit", methods=["GET", "POST"])
@requires("setup.read", act="setup.edit")
def edit(slug: str, key: str) -> Any:
    """Change an element, its customer too; a pack that gets one says first which rules it changes."""
    kind, session, element = kind_of(slug), db.session(), element_of(slug, key)
    pack = session.get(Element, element.pack_id) if element.pack_id else None
    form, status = kind.form(data=ElementForm.kept(element)), 200
    form.prepare(kind, element, pack=pack)
    compared: list[Any] = []
    affected: list[Element] = []
    if form.validate_on_submit() and not is_asked():
        try:
            form.check_version(element)
            to = form.to()
            affected = packs.affected(session, element, to) if to else []
            if not affected or request.form.get("confirmed") == form.customer.data:
                if to:
                    elements.release(session, element, to.choice, by=current_user)
                elements.change(session, element, by=current_user, **form.values)
                session.commit()
                flash(_("Saved. Sites get it with the next activation."))
                checking.tell(session, slug, element.id)
                return redirect(url_for("setup_elements.show", slug=slug, key=key))
            status = 422
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale):
                compared = Wording(slug).compared(form, element)
                form.version.data = str(element.version)
    elif form.is_submitted():
        status = 422 if form.errors else 200
    return _form(kind, form, element=element, pack=pack, compared=compared, affected=affected), status


def is_asked() -> bool:
    """Tell whether the form was sent only to be looked at: for leaks, or for what it would match."""
    return checking.is_asked() or previews.is_asked()


def _form(kind: ElementKind, form: ElementForm, **more: Any) -> str:
    session = db.session()
    element, prescribed = more.get("element"), form.prescribed
    found = {"element": None, "compared": [], "affected": [], **more}
    is_sent = form.is_submitted()
    leaks = checking.of_form(session, form, element) if is_sent else checking.of_element(session, element)
    is_preview = kind.slug == previews.SLUG and is_sent and previews.is_asked() and not form.errors
    return render_template(
        "setup/elements/form.html", kind=kind, form=form, leaks=leaks, leaks_checked=is_sent and checking.is_asked(),
        can_preview=kind.slug == previews.SLUG,
        preview=previews.of_form(session, form, element) if is_preview else None,
        customers=listing.customers(session, kind) if "customer" in form else [],
        options={field.name: options(session, field.kind, element) for field in form.lookups},
        set_by_pack=session.get(Customer, prescribed.customer_id) if prescribed and prescribed.customer_id else None,
        prescribed=prescribed, **found,
    )  # fmt: skip


@bp.post("/<key>/deletion")
@requires("setup.read", act="setup.edit")
def delete(slug: str, key: str) -> Any:
    """Delete an element that nothing uses."""
    element = element_of(slug, key)
    try:
        elements.delete(db.session(), element, by=current_user)
        db.session.commit()
    except InUse as refused:
        db.session.rollback()
        return page_of(element, refused), 409
    flash(_("“%(title)s” is deleted. Sites lose it with the next activation.", title=element.title))
    return redirect(url_for("setup_elements.listed", slug=slug))


@bp.post("/<key>/enablement")
@requires("setup.read", act="setup.edit")
def enable(slug: str, key: str) -> Any:
    """Let sites use an element again."""
    return _switch(slug, key, on=True)


@bp.post("/<key>/disablement")
@requires("setup.read", act="setup.edit")
def disable(slug: str, key: str) -> Any:
    """Let no site use an element, and keep it."""
    return _switch(slug, key, on=False)


def _switch(slug: str, key: str, *, on: bool) -> Any:
    element = element_of(slug, key)
    if not kind_of(slug).can_be_disabled:
        raise Refused(_("This is there or not: it cannot be switched off."))
    deed = elements.enable if on else elements.disable
    deed(db.session(), element, by=current_user)
    db.session.commit()
    flash(_("Saved. Sites get it with the next activation."))
    return redirect(url_for("setup_elements.show", slug=slug, key=key))
