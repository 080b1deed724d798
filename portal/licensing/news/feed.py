"""Feed: release and security news as Atom (RFC 4287), for programs and for readers who are not signed in."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from ...accounts.notices import address_of
from ...conversations.text import html
from .models import TOPICS, Topic

ATOM = "http://www.w3.org/2005/Atom"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed without entries last changed: it must say a moment."""


def updated(rows: Sequence[Any]) -> datetime:
    """Return when any of the news last changed."""
    return max((_changed(row) for row in rows), default=NEVER)


def atom(rows: Sequence[Any]) -> bytes:
    """Return the feed of these news, which come newest first."""
    config, here = current_app.config, address_of("/news.atom")
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": config["LANGUAGE"]})
    _add(feed, "id", here)
    _add(feed, "title", _("%(brand)s: releases and security", brand=config["BRAND"]))
    _add(feed, "updated", updated(rows).isoformat())
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=here)
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=address_of("/downloads/news/"))
    _add(ET.SubElement(feed, "author"), "name", config["PROVIDER_NAME"] or config["BRAND"])
    for row in rows:
        _entry(feed, row)
    content: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def _entry(feed: ET.Element, row: Any) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", f"urn:uuid:{row.id}")
    gone = row.release_withdrawn_at is not None
    _add(entry, "title", _("Withdrawn: %(title)s", title=row.title) if gone else row.title)
    _add(entry, "updated", _changed(row).isoformat())
    _add(entry, "published", row.published_at.isoformat())
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=address_of(f"/downloads/news/{row.id}"))
    ET.SubElement(entry, "category", term=str(row.topic), label=str(TOPICS[Topic(row.topic)]))
    said = html(_("This release was withdrawn. Please do not install it.")) if gone else html(row.body)
    _add(entry, "content", str(said), type="html")


def _changed(row: Any) -> datetime:
    changed: datetime = row.changed_at
    return max(changed, row.release_withdrawn_at or changed)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = NOT_XML.sub("", text)
