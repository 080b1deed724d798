"""Settings: each with its variable, default and meaning, read once when the app is created."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEBIBYTE = 1024 * 1024


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _sender(text: str) -> str:
    """Return how a front server is told to send a file; raises ValueError for a way nobody knows."""
    text = text.strip().rstrip("/")
    if text != "X-Sendfile" and not text.startswith("X-Accel-Redirect:/"):
        raise ValueError(text)
    return text


def _networks(text: str) -> str:
    """Return words that are networks, `public` or `loopback`; raises ValueError for others."""
    for word in text.split():
        if word not in ("public", "loopback"):
            ipaddress.ip_network(word)
    return text


class BadSetting(ValueError):
    """Say which variable does not hold, and what it is for."""


@dataclass(frozen=True)
class Setting:
    """One setting: `PORTAL_<name>` in the environment, `name` in `app.config`."""

    name: str
    default: Any
    help: str
    parse: Callable[[str], Any] = str

    def parsed(self, text: str) -> Any:
        """Return the value written as `text`; raises BadSetting."""
        try:
            return self.parse(text)
        except ValueError:
            raise BadSetting(f"PORTAL_{self.name} does not hold for {text!r}: {self.help}") from None


SETTINGS = (
    Setting("DATA", "instance", "Folder that holds all state of the embedded default", Path),
    Setting("DATABASE_URL", "", "PostgreSQL address; empty: SQLite in the data folder"),
    Setting("BASE_URL", "", "Address people use; https turns on Secure cookies and HSTS; empty: this machine and port"),
    Setting("HOST", "127.0.0.1", "Address the web server listens on; the port is PORT (8000)"),
    Setting("SECRET_KEY", "", "Key that signs cookies and seals secrets; empty: made and kept in the data folder"),
    Setting("PROXIES", 0, "How many reverse proxies stand in front and set X-Forwarded-For", int),
    Setting("BRAND", "Customer Portal", "Name shown at the top of every page"),
    Setting("ACCENT", "", "Accent colour as #rrggbb; refused when its contrast is too low"),
    Setting("LOGO", "", "Path of an SVG or PNG logo; empty: a plain mark"),
    Setting("TIME_ZONE", "Europe/Berlin", "The provider's time zone: decides what 'today' is for subscriptions"),
    Setting("LANGUAGE", "en", "Language of people who chose none (en or de)"),
    Setting("GRACE_DAYS", 14, "Days a subscription still counts as running after its end", int),
    Setting("INVITATION_HOURS", 144, "Hours an invitation stays valid", int),
    Setting("RESET_HOURS", 4, "Hours a link for a forgotten password stays valid", int),
    Setting("LOGIN_FAILURES", 10, "Wrong passwords per account and per address in five minutes", int),
    Setting("LOGIN_FAILURES_TOTAL", 1000, "Wrong passwords in all in five minutes", int),
    Setting("EVIDENCE_LIMIT", 25 * MEBIBYTE, "Largest attachment of a super-user request, in bytes", int),
    Setting("PDF_PROCESSES", 1, "Processes per web process that render PDFs", int),
    Setting("PDF_WAIT", 4.0, "Seconds a request waits for a free PDF process before it answers 503", float),
    Setting("SMTP_URL", "", "smtp://user:password@host:port or smtps://…; empty: mail is written as files"),
    Setting("MAIL_FROM", "Customer Portal <portal@localhost>", "Sender of every message"),
    Setting("ERP_SOURCE", "", "Folder or server address imported on a schedule; empty: none"),
    Setting("ERP_EVERY", 0, "Minutes between scheduled imports; 0: none", int),
    Setting("ERP_NAME", "", "Name under which the portal knows that ERP; empty: that of its company"),
    Setting("ERP_DATABASE", "", "Database name of a live ERP server"),
    Setting("ERP_USER", "", "Login of a live ERP server"),
    Setting("ERP_KEY", "", "API key or password of a live ERP server"),
    Setting("PROVIDER_NAME", "", "Legal name of the provider on its PDFs; empty: the company the ERP names"),
    Setting("PROVIDER_ADDRESS", "", "Postal address of the provider on its PDFs, lines separated by |"),
    Setting("BANK_NAME", "", "Bank an invoice is paid to; empty: invoices name no account"),
    Setting("BANK_HOLDER", "", "Holder of the account invoices are paid to"),
    Setting("BANK_IBAN", "", "IBAN invoices are paid to"),
    Setting("BANK_BIC", "", "BIC of that account"),
    Setting("SUPPORT_CONTACT", "", "Whom a customer writes to, shown where the portal cannot help"),
    Setting("SUPPORT_ADDRESS", "", "Mail address whose mail is handed to `receive-mail`; empty: no answers by mail"),
    Setting("SUPPORT_DESK", "", "Mail address that hears of tickets nobody has taken yet; empty: nobody"),
    Setting("INBOUND_LIMIT", 40 * MEBIBYTE, "Largest mail that `receive-mail` takes, in bytes", int),
    Setting("TICKET_LIMIT", 512 * MEBIBYTE, "Largest attachment of a ticket, in bytes", int),
    Setting("TICKET_CLOSE_DAYS", 7, "Days after which a solved ticket closes by itself", int),
    Setting("BUSINESS_HOURS", "mon-fri 09:00-17:00", "When support works, in the provider's time zone"),
    Setting("HOLIDAYS", "", "Days on which support does not: 2026-12-24, or 12-25 for every year"),
    Setting("RELEASE_LIMIT", 4096 * MEBIBYTE, "Largest package of a release, in bytes", int),
    Setting("LINK_MINUTES", 60, "Minutes a signed download link works", int),
    Setting(
        "SEND_FILES", "", "How a front server sends files: X-Accel-Redirect:/files or X-Sendfile; empty: we do", _sender
    ),
    Setting(
        "SIGNING_KEY", "", "Path of the Ed25519 key (PEM) that signs verifications; empty: made in the data folder"
    ),
    Setting(
        "SITE_NETWORKS",
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 public",
        "Networks in which sites may be reached; `public` is every public address, `loopback` this machine",
        _networks,
    ),
    Setting("SITE_SOCKETS", "", "Folders that may hold Unix sockets of sites, separated by blanks; empty: none"),
    Setting(
        "DIRECTORY_NETWORKS",
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 public",
        "Networks in which LDAP directories may be reached; words as above",
        _networks,
    ),
    Setting("DIRECTORY_MINUTES", 15, "Minutes between readings of the people of LDAP directories", int),
    Setting(
        "GLOBAL_KINDS",
        "",
        "Kinds of setup beside users, passwords, contact rules and folders that can be Global: `ldap-connections` …",
    ),
    Setting(
        "SECRETS_IN_ADDRESSES",
        False,
        "Take _username and _secret of machine accounts in addresses, as old scripts write them; logs may keep them",
        _flag,
    ),
    Setting(
        "SIGN_IN_BY_ADDRESS",
        False,
        "Let accounts that only look sign in by addresses with _username and _password; logs may keep them",
        _flag,
    ),
    Setting("INVENTORY_MINUTES", 1, "Minutes between readings of which hosts and services the sites have", int),
    Setting(
        "NOTIFICATIONS", True, "Whether the portal notifies of problems; `off` where sites do so themselves", _flag
    ),
    Setting("NOTIFICATION_MINUTES", 1, "Minutes between looks for what is to be notified of; 0: never", int),
    Setting("NOTIFICATION_SCRIPTS", "", "Folder of the notification scripts that the worker may run; empty: none"),
    Setting("NOTIFICATION_SECONDS", 30, "Seconds after which a notification script is ended", int),
    Setting("NOTIFICATION_DAYS", 180, "Days that the log of notifications reaches back", int),
    Setting("SNAPSHOT_DAYS", 180, "Days that a site's snapshots are kept, its 20 latest always; 0: for ever", int),
    Setting("STALENESS", 1.5, "From which staleness on a host or service counts as stale", float),
    Setting("WORKERS", 2, "Workers that `serve` starts: one that reads slow sites leaves the other for mail", int),
    Setting("WEB_WORKERS", 2, "Web processes", int),
    Setting("WEB_THREADS", 16, "Threads per web process; half of them may wait for a PDF", int),
    Setting("METRICS_TOKEN", "", "Bearer token that opens /metrics to other machines; empty: this machine only"),
)

RISKS = ("SECRETS_IN_ADDRESSES", "SIGN_IN_BY_ADDRESS")
"""Settings that let secrets stand in addresses: whoever starts the portal and who manages accounts are warned."""


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return every setting from `overrides`, else `PORTAL_*`, else its default, with the Flask keys derived."""
    overrides = dict(overrides or {})
    config: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in overrides:
            config[setting.name] = overrides.pop(setting.name)
        else:
            text = os.environ.get(f"PORTAL_{setting.name}")
            config[setting.name] = setting.parsed(text) if text else setting.default
    data = Path(config["DATA"]).resolve()
    for folder in ("", "files", "keys", "logs", "mail"):
        (data / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    config["DATA"] = data
    config["SECRET_KEY"] = config["SECRET_KEY"] or _kept_key(data / "keys" / "secret")
    config["SQLALCHEMY_DATABASE_URI"] = _database(config["DATABASE_URL"]) or f"sqlite:///{data / 'portal.db'}"
    config["PORT"] = _port(os.environ.get("PORT"))
    config["BASE_URL"] = config["BASE_URL"] or f"http://127.0.0.1:{config['PORT']}"
    secure = config["BASE_URL"].startswith("https://")
    config.update(
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PREFERRED_URL_SCHEME="https" if secure else "http",
        MAX_CONTENT_LENGTH=config["EVIDENCE_LIMIT"] + MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEBIBYTE,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,
    )
    config.update(overrides)
    return config


def _port(text: str | None) -> int:
    """Return the port of the web server, whose variable every platform calls PORT; raises BadSetting."""
    if text and not text.isdecimal():
        raise BadSetting(f"PORT does not hold for {text!r}: the web server's port")
    return int(text or 8000)


def _database(address: str) -> str:
    """Return the address with the scheme SQLAlchemy knows: some hosts still write `postgres://`."""
    return address.replace("postgres://", "postgresql://", 1) if address.startswith("postgres://") else address


def _kept_key(path: Path) -> str:
    """Return the key kept in `path`, made once with mode 0600; two processes starting at once agree on one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
