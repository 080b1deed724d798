"""Headers: what every answer carries, errors and redirects too (ASVS 5.0 V3.4, V14.3)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request

from ..access.guard import is_api
from . import screens

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def complete(response: Response) -> Response:
    """Add the headers an answer lacks; nothing behind sign-in is kept by a cache."""
    if screens.shown():
        response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"] = "no-referrer", "noindex"
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    elif "v" not in request.args:
        response.headers["Cache-Control"] = "no-cache"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def refuse_strangers() -> None:
    """Refuse changes that another site's page sends (Sec-Fetch-Site, Origin), beside the form's token.

    A program brings a secret that no other site's page has: where it comes from says nothing.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or is_api():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin not in (None, "null"):
        theirs = urlsplit(origin).netloc
        if theirs not in (request.host, urlsplit(current_app.config["BASE_URL"]).netloc):
            abort(403)


def init_app(app: Flask) -> None:
    """Check where changes come from, complete every answer."""
    app.before_request(refuse_strangers)
    app.after_request(complete)
