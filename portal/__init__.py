"""The customer portal. `create_app` puts the house together, floor by floor."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask, request
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from . import config, database, i18n, isolation, jobs, logs, mail, signing, storage
from .access import guard
from .accounts import access_tokens, attributes, kiosk_links, machines, programs, requests, sessions, sweep, throttle
from .contacts import authorization, inventory, memberships, sets
from .contacts.allocation import models as allocation
from .contacts.allocation import recompute
from .customers import elements, sites
from .customers.models import reserve
from .licensing import credentials as licensing_credentials
from .licensing import reminders
from .licensing import sentences as _licensing_sentences
from .licensing.news import models as news
from .licensing.releases import fetched, withdrawal
from .licensing.releases import models as releases
from .licensing.usage import excess, samples, summaries
from .monitoring import hiding, kept
from .monitoring import inventory as stocktaking
from .monitoring import sentences as _monitoring_sentences
from .monitoring.notifications import log as notification_log
from .monitoring.notifications import own_rules, scripts, sending, states, watching
from .setup import changes, everything, references
from .setup import sentences as _setup_sentences
from .setup.directories import runs as directory_runs
from .setup.directories import signing_in, syncing
from .setup.distribution import activation, asking, hearing, keeping, responsible, standing
from .setup.users import passwords as site_passwords
from .setup.users import pending as pending_users
from .setup.users import sentences as _user_sentences
from .support import closing, desk, notes, targets, tickets
from .support import sentences as _support_sentences
from .web import failures, headers, navigation, paths, uploads

FEATURES = (
    "accounts",
    "people",
    "documents",
    "licensing",
    "support",
    "setup",
    "monitoring",
    "home",
    "history",
    "provider",
    "erp",
    "api",
    "health",
)
"""Packages whose `views` hold blueprints, in the order their pages are registered."""

TABLES = (
    jobs, mail, storage, requests, throttle, sweep, attributes, machines, access_tokens, programs,
    licensing_credentials, samples, summaries, excess, reminders,
    releases, fetched, withdrawal, news,
    tickets, notes, desk, targets, closing, _licensing_sentences, _support_sentences,
    sites, elements, authorization, sets, allocation, inventory, recompute, memberships, changes, references,
    site_passwords, pending_users, _setup_sentences, _user_sentences, hiding,
    kept, stocktaking, _monitoring_sentences,
    notification_log, own_rules, scripts, sending, states, watching,
    activation, asking, hearing, everything, keeping, responsible, standing, directory_runs, signing_in, syncing,
)  # fmt: skip
"""Modules no page may import first: their tables and periodic jobs are known from the start."""

csrf = CSRFProtect()
compress = Compress()


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the portal, configured from `settings`, else the environment (`PORTAL_*`), else defaults that run."""
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.update(config.load(settings))
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, SEND_FILE_MAX_AGE_DEFAULT=31536000)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]

    app.wsgi_app = kiosk_links.Links(app, app.wsgi_app)  # type: ignore[method-assign]

    logs.init_app(app)
    database.init_app(app)
    _transactions(app)
    headers.init_app(app)
    uploads.init_app(app)
    csrf.init_app(app)
    sessions.init_app(app)
    guard.init_app(app)
    i18n.init_app(app)
    failures.init_app(app)
    navigation.init_app(app)
    compress.init_app(app)
    signing.init_app(app)
    guard.public(app.view_functions["static"])

    app.url_map.converters["name"] = paths.Name
    for feature in FEATURES:
        for blueprint in import_module(f".{feature}.views", __name__).BLUEPRINTS:
            app.register_blueprint(blueprint)
    api = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(guard.API)}
    for endpoint, view in app.view_functions.items():
        if endpoint in api or guard.is_by_secret(view):
            csrf.exempt(view)  # a token guards what a cookie opens, and no cookie counts there
    _frame(app)
    _reserve(app)

    from . import commands

    commands.init_app(app)
    return app


def _transactions(app: Flask) -> None:
    """Let a GET begin reading only: on SQLite it then never waits for whoever writes."""

    @app.before_request
    def begin() -> None:
        isolation.narrow(isolation.NONE)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            database.begin_reading()

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        database.begin_writing()
        isolation.narrow(isolation.EVERY)


def _frame(app: Flask) -> None:
    """Give every page what its frame shows: who is signed in, the brand, banners."""
    from .web import frame

    frame.init_app(app)


def _reserve(app: Flask) -> None:
    """Reserve as IDs of customers and sites the words that stand where an address has such an ID."""
    addresses = [str(rule).split("/") for rule in app.url_map.iter_rules()]
    keepers = {"<customer_id>": reserve, "<site_id>": sites.reserve}
    for address in addresses:
        for at, part in enumerate(address):
            if keep := keepers.get(part):
                siblings = (other for other in addresses if other[:at] == address[:at] and len(other) > at)
                keep(other[at] for other in siblings if other[at] and not other[at].startswith("<"))
