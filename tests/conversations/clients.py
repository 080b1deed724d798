"""Answers as mail programs write them: each in its own shape, around the mail that is answered."""

from __future__ import annotations

import html
from collections.abc import Callable
from email.message import EmailMessage

WHEN_EN, WHEN_DE = "Tue, Jul 1, 2025 at 10:04 AM", "Di., 1. Juli 2025 um 10:04 Uhr"


def said(mail: EmailMessage, kind: str = "plain") -> str:
    """Return what a mail of ours says."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def head(mail: EmailMessage, **changes: str | None) -> dict[str, str]:
    """Return the header of an answer to a mail of ours, by whom it was sent to; None leaves a field out."""
    references = " ".join(filter(None, (str(mail["References"] or ""), str(mail["Message-ID"]))))
    fields = {
        "Return-Path": f"<{mail['To'].addresses[0].addr_spec}>", "From": str(mail["To"]),
        "To": str(mail["Reply-To"] or mail["From"]), "Subject": f"Re: {mail['Subject']}",
        "Date": "Tue, 01 Jul 2025 10:20:00 +0200", "Message-ID": "<answer.1@mail.acme.example>",
        "In-Reply-To": str(mail["Message-ID"]), "References": references, "MIME-Version": "1.0",
    }  # fmt: skip
    fields.update({name.replace("_", "-"): value for name, value in changes.items()})  # type: ignore[misc]
    return {name: value for name, value in fields.items() if value is not None}


def built(fields: dict[str, str], content: EmailMessage) -> bytes:
    """Return the bytes of a mail."""
    for name, value in fields.items():
        if name != "MIME-Version":
            content[name] = value
    return content.as_bytes()


def quoted(text: str) -> str:
    """Return text after ">", as most programs quote it."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _plain(mail: EmailMessage, body: str, **changes: str | None) -> bytes:
    content = EmailMessage()
    content.set_content(body)
    return built(head(mail, **changes), content)


def _both(mail: EmailMessage, plain: str, page: str, **changes: str | None) -> bytes:
    content = EmailMessage()
    content.set_content(plain)
    content.add_alternative(page, subtype="html")
    return built(head(mail, **changes), content)


def thunderbird(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """Plain text, format=flowed, the quote above nothing but the answer's own place."""
    body = f"{answer}\n\nAm 01.07.25 um 10:04 schrieb Customer Portal:\n{quoted(said(mail))}\n"
    fields = head(mail, **changes) | {"Content-Type": "text/plain; charset=UTF-8; format=flowed",
                                      "Content-Transfer-Encoding": "8bit"}  # fmt: skip
    return "\r\n".join([*(f"{k}: {v}" for k, v in fields.items()), "", body.replace("\n", "\r\n")]).encode()


def gmail(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """Both kinds; the line above the quote is broken in two."""
    line = f"On {WHEN_EN} Customer Portal <\nportal@localhost> wrote:"
    page = (f'<div dir="ltr">{html.escape(answer)}</div><br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{html.escape(line)}<br></div><blockquote class="gmail_quote">'
            f'{said(mail, "html")}</blockquote></div>')  # fmt: skip
    return _both(mail, f"{answer}\n\n{line}\n\n{quoted(said(mail))}\n", page, **changes)


def gmail_in_german(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """The same, on a phone, in German."""
    line = f"Customer Portal <portal@localhost> schrieb am {WHEN_DE}:"
    return _plain(mail, f"{answer}\n\n{line}\n\n{quoted(said(mail))}\n", **changes)


def apple_mail(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """The line above the quote is quoted with it."""
    line = "> Am 01.07.2025 um 10:04 schrieb Customer Portal <portal@localhost>:"
    return _plain(mail, f"{answer}\n\n\n{line}\n>\n{quoted(said(mail))}\n", **changes)


def mutt(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """The answer below the quote, a signature below that."""
    line = "On Tue, Jul 01, 2025 at 10:04:11AM +0200, Customer Portal wrote:"
    return _plain(mail, f"{line}\n{quoted(said(mail))}\n\n{answer}\n\n-- \nUma Dietrich\nAcme GmbH\n", **changes)


def outlook(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """An unquoted copy below a block of header fields; the fields that thread it alone."""
    block = (f"From: Customer Portal <portal@localhost>\nSent: Tuesday, July 1, 2025 10:04 AM\n"
             f"To: Uma Dietrich <uma.dietrich@acme.example>\nSubject: {mail['Subject']}\n")  # fmt: skip
    page = (f'<html><head><style>p.MsoNormal{{margin:0cm}}</style></head><body lang=EN-US><div class=WordSection1>'
            f'<p class=MsoNormal>{html.escape(answer)}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>'
            f'<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>From:</b> Customer '
            f'Portal<br><b>Sent:</b> Tuesday<br><b>Subject:</b> x<o:p></o:p></p></div></div>{said(mail, "html")}'
            '</div></body></html>')  # fmt: skip
    body = f"{answer}\n\n________________________________\n{block}\n{said(mail)}"
    return _both(mail, body, page, References=None, Thread_Topic=str(mail["Subject"]), **changes)


def outlook_in_german(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """The old divider, in German, with a banner that the receiving company put above everything."""
    block = ("-----Ursprüngliche Nachricht-----\nVon: Customer Portal <portal@localhost> \nGesendet: Dienstag, 1. Juli "
             f"2025 10:04\nAn: Uma Dietrich <uma.dietrich@acme.example>\nBetreff: {mail['Subject']}\n")  # fmt: skip
    banner = "ACHTUNG: Diese Mail kommt von außerhalb des Unternehmens.\n"
    return _plain(mail, f"{answer}\n\n{block}\n{banner}\n{said(mail)}", **changes)


def outlook_html_only(mail: EmailMessage, answer: str, **changes: str | None) -> bytes:
    """No text besides the HTML; a script and a picture from elsewhere in it."""
    page = (f"<html><body><script>alert(1)</script><div>{html.escape(answer)}</div><img src='//spy.example'>"
            f'<hr style="width:98%"><div id="divRplyFwdMsg"><b>Von:</b> Customer Portal<br><b>Gesendet:</b> Dienstag'
            f'<br><b>An:</b> U<br><b>Betreff:</b> x</div><p>&nbsp;</p>{said(mail, "html")}</body></html>')  # fmt: skip
    content = EmailMessage()
    content.set_content(page, subtype="html")
    return built(head(mail, **changes), content)


CLIENTS: dict[str, Callable[..., bytes]] = {
    client.__name__: client
    for client in (thunderbird, gmail, gmail_in_german, apple_mail, mutt, outlook, outlook_in_german, outlook_html_only)
}
