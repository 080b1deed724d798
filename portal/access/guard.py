"""The guard: an endpoint that declares no access refuses to run. The only file that knows Flask-Principal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_principal import AnonymousIdentity, Identity, Permission, Principal
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from .. import isolation
from . import reasons
from .policy import KNOWN_VERBS

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
CHOOSE_PASSWORD = ("profile.password", "profile.change_password")
BY_SECRET = "by secret: "  # noqa: S105 - a word in front of a name
API = "/api/"
LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
SECRETS = frozenset({"_password", "_secret"})
"""Parameters in which scripts written for Checkmk put a secret into an address."""

_held: ContextVar[frozenset[str] | None] = ContextVar("held", default=None)
"""The verbs of who asks, while their request lasts: to find the person anew costs more than the question."""


class _Verb(Permission):
    """A Principal permission that any of some verbs gives; an empty one would let everybody in."""

    def __init__(self, *verbs: str) -> None:
        if not verbs or not KNOWN_VERBS.issuperset(verbs):
            raise ValueError(f"no such verb: {verbs}")
        super().__init__(*(("verb", verb) for verb in verbs))


class Unknown(Unauthorized):
    """A program without a credential that opens: 401, with a sentence on what does."""

    def __init__(self) -> None:
        super().__init__(www_authenticate=WWWAuthenticate("basic", {"realm": "API", "charset": "UTF-8"}))
        self.sentence = _("Give the name and the secret of a machine account, or an access token.")


class Withheld(Forbidden):
    """A refused act, with a sentence on why and whom to ask; empty where nobody has given one."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def public(view: View) -> View:
    """Declare that anyone may open the page."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Declare that whoever is signed in may open the page."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def by_secret(name: str) -> Callable[[View], View]:
    """Declare that the request itself carries the secret that opens the page: `name` says which; the view checks it."""

    def declare(view: View) -> View:
        view.access = f"{BY_SECRET}{name}"  # type: ignore[attr-defined]
        return view

    return declare


def requires(*verbs: str, refusal: int = 404, act: str = "", acts: Sequence[str] = ()) -> Callable[[View], View]:
    """Declare the verbs a page needs, all of them; without them it answers `refusal` (404, or 403 for acts).

    `act` is one more verb, for an act on something that the other verbs let one see: without it alone, 403; `acts` are
    several.
    """
    permissions = [_Verb(verb) for verb in verbs]
    if not permissions:
        raise ValueError("a page requires at least one verb")
    needed = [act] if act else list(acts)

    def declare(view: View) -> View:
        view.access = (*verbs, *needed)  # type: ignore[attr-defined]
        view.permissions = permissions  # type: ignore[attr-defined]
        view.acts = [_Verb(verb) for verb in needed]  # type: ignore[attr-defined]
        view.refusal = refusal  # type: ignore[attr-defined]
        return view

    return declare


def requires_one(*verbs: str, act: tuple[str, ...] = (), acts: Sequence[str] = ()) -> Callable[[View], View]:
    """Declare that any of the verbs opens an address that both doors have, and any of `act`, or all of `acts`, the act.

    Without the one it answers 404, without the other 403.
    """
    needed = [*([act] if act else []), *((verb,) for verb in acts)]
    permissions = [_Verb(*verbs)]

    def declare(view: View) -> View:
        view.access = tuple(" or ".join(one) for one in (verbs, *needed))  # type: ignore[attr-defined]
        view.permissions = permissions  # type: ignore[attr-defined]
        view.acts = [_Verb(*one) for one in needed]  # type: ignore[attr-defined]
        view.refusal = 404  # type: ignore[attr-defined]
        return view

    return declare


def is_api() -> bool:
    """Tell whether a program asks: below /api/ no cookie counts, and no answer is a page."""
    return request.path.startswith(API) or request.path == API[:-1]


def is_by_secret(view: View) -> bool:
    """Tell whether a page is opened by what the request itself carries, whatever cookies come along."""
    declared = getattr(view, "access", None)
    return isinstance(declared, str) and declared.startswith(BY_SECRET)


def access_of(app: Flask, endpoint: str) -> str | tuple[str, ...] | None:
    """Return what the endpoint declares: `PUBLIC`, `SIGNED_IN`, the verbs, or None for nothing."""
    return getattr(app.view_functions[endpoint], "access", None)


def opens(endpoint: str) -> bool:
    """Tell whether whoever is signed in may open the endpoint: what a template asks before it draws a button."""
    return _opens(current_app.view_functions[endpoint])


def _opens(view: View) -> bool:
    declared = getattr(view, "access", None)
    if not isinstance(declared, tuple):
        return True
    held = _held.get()
    return (current_user.verbs if held is None else held).issuperset(declared)


def admits(endpoint: str) -> bool:
    """Tell whether the endpoint lets in who is signed in, also where one of several verbs is enough."""
    view: Any = current_app.view_functions[endpoint]
    declared = getattr(view, "access", None)
    if not isinstance(declared, tuple):
        return declared in (PUBLIC, SIGNED_IN)
    return all(permission.allows(g.identity) for permission in (*view.permissions, *view.acts))


def init_app(app: Flask) -> None:
    """Put the guard before every request."""
    views = app.view_functions
    app.jinja_env.globals["opens"] = lambda endpoint: _opens(views[endpoint])
    principal = Principal(app, use_sessions=False, skip_static=False)

    @principal.identity_loader
    def load_identity() -> Identity:
        if not current_user.is_authenticated:
            return AnonymousIdentity()
        identity = Identity(current_user.id)
        identity.provides = current_user.needs
        return identity

    app.before_request(_check)

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        _held.set(None)


def _check() -> Response | None:
    if request.endpoint is None:
        return None if is_api() or current_user.is_authenticated else _sign_in() if request.method == "GET" else None
    view: Any = current_app.view_functions[request.endpoint]
    declared = getattr(view, "access", None)
    if declared is None:
        current_app.logger.error("endpoint %s declares no access", request.endpoint)
        abort(404)
    if declared == PUBLIC or is_by_secret(view):
        isolation.narrow(isolation.EVERY)  # the door works before anybody's customer is known
        return None
    if not current_user.is_authenticated:
        return _challenge() if is_api() else _sign_in()
    if getattr(current_user, "must_change_password", False) and request.endpoint not in CHOOSE_PASSWORD:
        # A program cannot choose one: until its person has, their token opens nothing.
        return _challenge() if is_api() else redirect(url_for(CHOOSE_PASSWORD[0]))  # type: ignore[return-value]
    if current_user.only_monitoring and (declared == SIGNED_IN or request.method not in LOOKS):
        abort(404)
    if declared != SIGNED_IN and not all(permission.allows(g.identity) for permission in view.permissions):
        abort(view.refusal)
    if declared != SIGNED_IN and not all(permission.allows(g.identity) for permission in view.acts):
        raise Withheld(reasons.why_not(declared[-1], current_user))
    _held.set(current_user.verbs)
    return None


def _challenge() -> Response:
    """Raise 401 for a program without a credential that opens; whoever looked for one may have a better reason."""
    raise g.pop("no_program", None) or Unknown()


def _sign_in() -> Response:
    """Send a stranger to the sign-in page and back, whether or not the address exists."""
    asked = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"
    if request.args.keys() & SECRETS:
        asked = request.path  # what stands in a redirect stands in logs
    return redirect(url_for("door.login", next=asked if asked != "/" else None))  # type: ignore[return-value]
