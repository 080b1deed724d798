"""The frame: what every page shows around its content, and the provider's brand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from .. import config
from ..access.guard import public
from ..errors import Refused
from ..i18n import locale
from . import banners, screens

bp = Blueprint("frame", __name__)
LIGHT_SURFACE, DARK_SURFACE = (255, 255, 255), (0x16, 0x1E, 0x1B)


@bp.get("/brand.css")
@public
def brand_css() -> Response:
    """The provider's accent, for the light and the dark theme."""
    accent = current_app.config["ACCENT"]
    if not accent:
        abort(404)
    light, dark = accents(accent)
    text = f":root{{--accent:light-dark({light},{dark});--on-accent:light-dark(#ffffff,#101414)}}"
    return Response(text, mimetype="text/css", headers={"Cache-Control": "public, max-age=3600"})


@bp.get("/brand/logo")
@public
def logo() -> Response:
    """The provider's logo."""
    path = current_app.config["LOGO"]
    if not path or not Path(path).is_file():
        abort(404)
    return send_file(path, max_age=3600)


def accents(text: str) -> tuple[str, str]:
    """Return the accent for light and for dark; raise `Refused` when it is no colour or too pale on white (4.5:1)."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Refused(f"PORTAL_ACCENT: {text!r} is not a colour like #0b6e55.")
    colour = tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))
    if contrast(colour, LIGHT_SURFACE) < 4.5:
        raise Refused(f"PORTAL_ACCENT: {text} has too little contrast on white.")
    lighter = colour
    while contrast(lighter, DARK_SURFACE) < 4.5:
        lighter = tuple(min(255, channel + max(4, (255 - channel) // 8)) for channel in lighter)
    return text, "#" + "".join(f"{channel:02x}" for channel in lighter)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast ratio of two sRGB colours (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def init_app(app: Flask) -> None:
    """Register the brand's addresses and what templates may say about the reader."""
    if app.config["ACCENT"]:
        accents(app.config["ACCENT"])
    app.register_blueprint(bp)
    app.jinja_env.filters["still"] = screens.still
    brand = {"name": app.config["BRAND"], "logo_url": "/brand/logo" if app.config["LOGO"] else None}
    app.jinja_env.globals.update(
        brand=brand, brand_css_url="/brand.css" if app.config["ACCENT"] else None, sign_out_url="/logout"
    )

    @app.context_processor
    def frame() -> dict[str, Any]:
        known = not g.get("failing") and current_user.is_authenticated
        return {
            "page_lang": locale(),
            "kiosk_url": screens.address(),
            "page_theme": getattr(current_user, "theme", "") if known else "",
            "search_url": "/search" if known and "search.use" in current_user.verbs else None,
            "profile_url": "/profile" if known and "general.edit_profile" in current_user.verbs else None,
            "banners": [] if g.get("failing") else [*_announced(), *(_own() if known else [])],
        }


def _announced() -> list[tuple[str, str, str, str]]:
    return [("warn", text, "", "") for text in banners.standing()]


def _own() -> list[tuple[str, str, str, str]]:
    """Return what only this reader has to know."""
    return [*_risks(), *_of_password()]


def _risks() -> list[tuple[str, str, str, str]]:
    """Return, for those who manage accounts, on their pages, which settings let secrets stand in logs."""
    if "access.users" not in current_user.verbs or not request.path.startswith("/provider/access/"):
        return []
    names = [f"PORTAL_{name}" for name in config.RISKS if current_app.config[name]]
    if not names:
        return []
    text = _(
        "Addresses may hold passwords or secrets here, and logs keep addresses: %(names)s.", names=", ".join(names)
    )
    return [("warn", text, "", "")]


def _of_password() -> list[tuple[str, str, str, str]]:
    if not current_user.has_demo_password or request.path == "/profile/password":
        return []
    text = _("This account still has the password of the demo. Anybody could use it.")
    may_change = {"general.edit_profile", "general.change_password"} <= current_user.verbs
    return [("warn", text, *(("/profile/password", _("Choose a new password")) if may_change else ("", "")))]
