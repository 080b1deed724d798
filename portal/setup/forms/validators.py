"""Fields and validators of addresses and directories."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from wtforms import IntegerField, ValidationError

_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-zA-Z0-9_-]{1,63}(?:\.(?!-)[a-zA-Z0-9_-]{1,63})*\.?")
_RDN = re.compile(r"\s*(?:[a-zA-Z][a-zA-Z0-9-]*|\d+(?:\.\d+)*)\s*=[^=].*", re.DOTALL)


class HostName:
    """Validate a host's name or address."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        text = field.data or ""
        try:
            ipaddress.ip_address(text)
        except ValueError:
            if not _HOST.fullmatch(text):
                raise ValidationError(_("This is no name or address of a server.")) from None


class WebAddress:
    """Validate a web address that may be followed; an empty field is another validator's matter."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        try:
            parts = urlsplit(field.data or "")
            is_web = parts.scheme in ("http", "https") and parts.hostname
        except ValueError:
            is_web = False
        if field.data and not is_web:
            raise ValidationError(_("This is no web address. It looks like https://wiki.example.com/page."))


class DistinguishedName:
    """Validate a distinguished name: pairs of attribute and value, separated by commas (RFC 4514)."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        parts = re.split(r"(?<!\\),", field.data or "")
        if len(field.data or "") > 500 or not all(_RDN.fullmatch(part) for part in parts):
            raise ValidationError(_("This is no distinguished name. It looks like ou=people,dc=example,dc=com."))


class Attribute:
    """Validate the name of an attribute in a directory (RFC 4512, section 2.5)."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9;-]{0,79}", field.data or "", re.ASCII):
            raise ValidationError(_("This is no name of an attribute. It looks like uid."))


class LdapFilter:
    """Validate the outer form of a search filter (RFC 4515): its parentheses."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError with a sentence."""
        text, depth = field.data or "", 0
        for at, character in enumerate(text):
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0 or depth == 0 and at < len(text) - 1:
                depth = -1
                break
        if len(text) > 1000 or text and (depth or "=" not in text):
            raise ValidationError(_("This is no filter. It looks like (&(objectClass=person)(uid=*))."))


class Port(IntegerField):
    """A TCP port."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; raise ValueError with a sentence."""
        text = (valuelist[0] if valuelist else "").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
            self.data = None
            raise ValueError(_("A port is a number from 1 to 65535."))
        self.data = int(text)
