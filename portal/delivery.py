"""How a message leaves the portal: over SMTP, or as an .eml file in the data folder while no server is set."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email import policy
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.utils import format_datetime, unquote
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.parse import unquote as percent_decoded

import idna
from flask import current_app
from flask_babel import gettext as _

from .jobs import GiveUp, TryLater

TIMEOUT = 10.0
_UNQUOTED = re.compile(r'[^\s()<>\[\]:;@\\,"]{1,64}')
_QUOTED = re.compile(r'"[^\r\n]{1,62}"')
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-fv:.]+\]", re.ASCII)

_HEADERS = HeaderRegistry()
"""Knows what a Message-ID is in every header that holds one: written as text, a long one would be encoded."""
for _name in ("in-reply-to", "references"):
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]


def sender() -> Address:
    """Return who every message is from."""
    return own("MAIL_FROM")


def own(setting: str) -> Address:
    """Return the mailbox that a setting names: "Name <address>" or the address alone. Raises TryLater for none."""
    name, _bracket, rest = current_app.config[setting].rpartition("<")
    try:
        return address(rest.removesuffix(">"), name.strip().strip('"'))
    except GiveUp:
        raise TryLater(_("The setting %(name)s names no mail address.", name=setting)) from None


def address(text: str, name: str = "") -> Address:
    """Return a mailbox, an international domain in its ASCII form. Raises GiveUp for what is none."""
    local, _at, domain = text.strip().rpartition("@")
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        if not (_UNQUOTED.fullmatch(local) or _QUOTED.fullmatch(local)) or not _DOMAIN.fullmatch(domain):
            raise ValueError(text)
        return Address(name, unquote(local), domain)
    except ValueError:
        raise GiveUp(_("The recipient's address is not one that mail can be sent to.")) from None


def compose(
    *,
    to: str,
    name: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    created_at: datetime,
    thread: str = "",
    reply_to: Address | None = None,
) -> EmailMessage:
    """Return the message as text and HTML; `thread` is the Message-ID it refers to, `reply_to` where answers go.

    Raises GiveUp for an impossible address.
    """
    recipient = address(to, name)
    international = not (recipient.addr_spec + sender().addr_spec).isascii()
    form = policy.SMTPUTF8 if international else policy.SMTP
    message = EmailMessage(policy=form.clone(header_factory=_HEADERS))
    message["From"] = sender()
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if thread:
        message["In-Reply-To"] = message["References"] = thread
    if reply_to:
        message["Reply-To"] = reply_to
    # Readable lines in a file; for SMTP what passes every server, whose lines end at 998 bytes.
    encoding = "quoted-printable" if current_app.config["SMTP_URL"] else "8bit"
    message.set_content(text, cte=encoding)
    message.add_alternative(html, subtype="html", cte=encoding)
    return message


def deliver(message: EmailMessage, *, file_name: str) -> None:
    """Hand the message to the SMTP server of SMTP_URL, or write it into the folder `mail`.

    Raises GiveUp when no further attempt would help, TryLater when one may; both name no secret.
    """
    url = current_app.config["SMTP_URL"]
    try:
        if url:
            _hand_over(message, urlsplit(url))
        else:
            _write(message, Path(current_app.config["DATA"]) / "mail" / file_name)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        sentence = _("The mail server refused the recipient: %(answer)s", answer=f"{code} {_plain(answer)}")
        raise (GiveUp if code >= 500 else TryLater)(sentence) from None
    except smtplib.SMTPNotSupportedError:
        raise TryLater(
            _("The mail server cannot do what this message needs: log-in or international addresses.")
        ) from None
    except smtplib.SMTPDataError as error:  # its answer may quote the message
        raise TryLater(_("The mail server refused the message: %(code)s.", code=error.smtp_code)) from None
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_plain(error.smtp_error)}"
        raise TryLater(_("The mail server refused: %(answer)s", answer=said)) from None
    except (smtplib.SMTPException, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        sentence = (
            _("The mail server could not be reached: %(why)s.", why=reason)
            if url
            else _("The message could not be written: %(why)s.", why=reason)
        )
        raise TryLater(sentence) from None


def _hand_over(message: EmailMessage, url: SplitResult) -> None:
    host, login = url.hostname or "localhost", bool(url.username)
    secure, context = url.scheme == "smtps", ssl.create_default_context()
    client: smtplib.SMTP
    if secure:
        client = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        client = smtplib.SMTP(host, url.port or (587 if login else 25), timeout=TIMEOUT)
    try:
        client.ehlo_or_helo_if_needed()
        if not secure and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
            secure = True
        if login:
            if not secure and not _is_this_machine(host):
                raise TryLater(_("The mail server offers no encryption, so the password was not sent to it."))
            client.login(percent_decoded(url.username or ""), percent_decoded(url.password or ""))
        client.send_message(message, sender().addr_spec, [message["To"].addresses[0].addr_spec])
        with suppress(smtplib.SMTPException, OSError):  # it is accepted, whatever the farewell
            client.quit()
    finally:
        client.close()


def _write(message: EmailMessage, path: Path) -> None:
    """Write the file as a whole or not at all; the same message twice is one file."""
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return "".join(c if c.isprintable() else " " for c in text)[:200]
