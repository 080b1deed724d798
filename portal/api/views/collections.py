"""The collections: every list, every object, every change, by one mechanism."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, request
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotAcceptable

from ...access.guard import requires_one
from ...database import db
from ...errors import Refused, Stale
from .. import bodies, etags, idempotency, pages
from ..checking import check, refusal
from ..collection import Collection, Deed
from ..collections import COLLECTIONS
from ..idempotency import Made

bp = Blueprint("collections", __name__, url_prefix="/api/v1")
At = Mapping[str, Any]
"""The values that stand in an address."""


def _listed(collection: Collection, **_at: Any) -> Response:
    """Return a page of a list."""
    acceptable()
    session, reader = db.session(), _reader()
    wish = pages.Wish.asked(collection.filters)
    statement = collection.listed(reader)
    for one in collection.filters:
        if one.name in wish.filters:
            statement = statement.where(*one.narrow(wish.filters[one.name]))
    parts = collection.parts(session, reader, wish.filters) if collection.parts else ()
    rows, cursor = pages.page(session, statement, collection.order, wish, descending=collection.descending, parts=parts)
    return answer_page(list(collection.shown(session, reader, rows)), cursor)


def answer_page(items: list[Any], cursor: str) -> Response:
    """Return a page as JSON, with the way on in it and in its header."""
    following = pages.address(cursor) if cursor else None
    response = jsonify(items=items, next=following)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _shown(collection: Collection, **at: Any) -> Response:
    """Return one object, unless who asks has it."""
    acceptable()
    found = _object(collection, at)
    return answer_one(found)


def answer_one(found: Mapping[str, Any]) -> Response:
    """Return an object as JSON with its version; nothing to who has that already."""
    if request.method in ("GET", "HEAD") and etags.has_it(etags.tag_of(found)):
        return _tagged(Response(status=304), found)
    return _tagged(jsonify(found), found)


def _created(collection: Collection, **_at: Any) -> Response:
    """Make an object."""
    acceptable()
    body = bodies.json_object()

    def make() -> Made:
        values = check(collection.taken(is_new=True), body, is_whole=True)
        assert collection.create is not None
        with named():
            at = collection.create(db.session(), values, _reader())
            db.session.flush()
        found = _object(collection, at)
        return Made(201, found, _address(collection, at), etags.tag_of(found))

    return _answer(idempotency.once(current_user.id, body, make))


def _changed(collection: Collection, **at: Any) -> Response:
    """Change an object: PUT says all of it, PATCH what is to be another."""
    acceptable()
    body = bodies.json_object()
    row, found = _row(collection, at)
    fields = collection.taken(is_new=False)
    secret = {field.name for field in fields if not field.is_shown}
    sent = {name: value for name, value in body.items() if name not in secret}
    if request.method == "PUT":  # whoever sends back what was read says nothing new with what nobody sets
        body = {k: v for k, v in body.items() if k in {field.name for field in fields} or found.get(k) != v}
    values = check(fields, body, is_whole=request.method == "PUT")
    kept = {field.name: found[field.name] for field in fields if field.name in found}
    etags.check(found, sent)
    assert collection.change is not None
    try:
        with named():
            to = collection.change(db.session(), row, {**kept, **values}, _reader())
            db.session.flush()
    except (Stale, StaleDataError):
        db.session.rollback()
        raise etags.late(_object(collection, at), sent) from None
    found = _object(collection, to or at)
    db.session.commit()
    answer = _tagged(jsonify(found), found)
    if to:
        answer.headers["Content-Location"] = _address(collection, to)
    return answer


def _deleted(collection: Collection, **at: Any) -> Response:
    """Delete an object."""
    row, found = _row(collection, at)
    etags.check(found, {})
    assert collection.delete is not None
    try:
        with named():
            collection.delete(db.session(), row, _reader())
            db.session.commit()
    except StaleDataError:
        db.session.rollback()
        raise etags.late(_object(collection, at), {}) from None
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _done(collection: Collection, deed: Deed, **at: Any) -> Response:
    """Do what has an address of its own below an object."""
    acceptable()
    body = bodies.json_object()

    def make() -> Made:
        row = _row(collection, at)[0]
        values = check(deed.fields, body, is_whole=True)
        with named():
            found = deed.run(db.session(), row, values, _reader())
            db.session.flush()
        return Made(201, found)

    return _answer(idempotency.once(current_user.id, body, make))


def _row(collection: Collection, at: At) -> tuple[Any, Mapping[str, Any]]:
    """Return the row an address names and its object; 404 for what the reader does not see."""
    if any("\0" in str(value) for value in at.values()):
        abort(404)
    session, reader = db.session(), _reader()
    row = session.execute(collection.listed(reader).where(collection.one(**at))).first()
    shown = collection.shown(session, reader, [row]) if row is not None else ()
    if not shown:
        abort(404)
    found = dict(shown[0])
    return row, found | dict(collection.more(session, reader, row) if collection.more else {})


def _object(collection: Collection, at: At) -> Mapping[str, Any]:
    return _row(collection, at)[1]


def _address(collection: Collection, at: At) -> str:
    """Return the path at which an object stands."""
    item = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: quote(str(at[part[1]]), safe="/"), collection.item)
    return f"{bp.url_prefix}/{collection.path}/{item}"


def _answer(made: Made) -> Response:
    response = jsonify(made.body)
    response.status_code = made.status
    response.headers["Cache-Control"] = "no-store"
    if made.location:
        response.headers["Location"] = made.location
    if made.tag:
        response.set_etag(made.tag)
    return response


def _tagged(response: Response, found: Mapping[str, Any]) -> Response:
    response.set_etag(etags.tag_of(found))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _reader() -> Any:
    return current_user._get_current_object()


def acceptable() -> None:
    """Raise 406 where a program takes no JSON."""
    if request.headers.get("Accept") and not request.accept_mimetypes.best_match(["application/json"]):
        raise NotAcceptable


@contextmanager
def named() -> Iterator[None]:
    """Say what is refused beside the field it is about."""
    try:
        yield
    except Stale:
        raise
    except Refused as refused:
        if refused.field:
            raise refusal({refused.field: [str(refused.sentence)]}) from None
        raise


def _add(collection: Collection, rule: str, method: str, view: Callable[..., Any], *, acts: tuple[str, ...]) -> None:
    endpoint = f"{method.lower()} {rule}".replace(".", " ").replace("/", ":")

    def answer(**at: Any) -> Any:
        return view(**at)

    declared = requires_one(*collection.reads, act=acts)(answer)
    bp.add_url_rule(
        f"/{rule}", endpoint, declared, methods=[method], strict_slashes=False, merge_slashes="<name:" not in rule
    )


def _register(collection: Collection) -> None:
    one = f"{collection.path}/{collection.item}"
    if collection.is_listed:
        _add(collection, collection.path, "GET", partial(_listed, collection), acts=())
    if not collection.item:
        return
    _add(collection, one, "GET", partial(_shown, collection), acts=())
    if collection.create:
        _add(collection, collection.path, "POST", partial(_created, collection), acts=collection.writes)
    if collection.change:
        for method in ("PUT", "PATCH"):
            _add(collection, one, method, partial(_changed, collection), acts=collection.writes)
    if collection.delete:
        _add(collection, one, "DELETE", partial(_deleted, collection), acts=collection.writes)
    for deed in collection.deeds:
        _add(collection, f"{one}/{deed.name}", "POST", partial(_done, collection, deed), acts=deed.writes)


for each in COLLECTIONS:
    _register(each)
