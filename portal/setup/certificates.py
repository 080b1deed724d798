"""Certificates of authorities: read from what somebody pasted or uploaded, and told apart by their fingerprint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask_babel import gettext as _

from ..database import now
from ..errors import Refused

MOST = 50
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.S)


@dataclass(frozen=True)
class Certificate:
    """A certificate as a page shows it; `pem` is its text in the one usual form."""

    pem: str
    subject: str
    issuer: str
    name: str
    starts_at: datetime
    ends_at: datetime
    fingerprint: str
    is_ca: bool

    @property
    def is_expired(self) -> bool:
        """Tell whether its time is over."""
        return self.ends_at <= now()

    @property
    def is_early(self) -> bool:
        """Tell whether its time has not begun."""
        return self.starts_at > now()


def read_certificates(text: str) -> list[Certificate]:
    """Return the certificates of a PEM text; raise `Refused` with a sentence for anything else in it, and for none.

    Text between the blocks is ignored (RFC 7468, 2); an empty text is an empty list.
    """
    if not text.strip():
        return []
    if text.count("-----BEGIN ") > MOST:  # before any is looked for: each that does not end costs the whole text
        raise Refused(_("At most %(number)d certificates.", number=MOST))
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(text)]
    if any("PRIVATE KEY" in label for label, _block in blocks) or "PRIVATE KEY-----" in text:
        raise Refused(_("This holds a private key. Give the certificate alone; whoever saw the key can misuse it."))
    if not blocks:
        raise Refused(_("This is no certificate in PEM. It begins with -----BEGIN CERTIFICATE-----."))
    for label, _block in blocks:
        if label not in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
            raise Refused(_("This holds something else than certificates: %(what)s.", what=label.lower()))
    return [_read(block, place) for place, (_label, block) in enumerate(blocks, 1)]


def read_authorities(text: str) -> list[Certificate]:
    """Return the certificates of a PEM text; raise `Refused` also when one is no authority's or stands there twice."""
    found = read_certificates(text)
    for one in found:
        if not one.is_ca:
            raise Refused(_("%(name)s is no certificate authority: it may sign no other certificates.", name=one.name))
    if len({one.fingerprint for one in found}) < len(found):
        raise Refused(_("The same certificate stands there twice."))
    return found


def described(parsed: x509.Certificate) -> Certificate:
    """Return a certificate as pages show it; raises ValueError for one that says nonsense."""
    return Certificate(
        pem=parsed.public_bytes(Encoding.PEM).decode(),
        subject=_readable(parsed.subject),
        issuer=_readable(parsed.issuer),
        name=_short(parsed.subject),
        starts_at=parsed.not_valid_before_utc,
        ends_at=parsed.not_valid_after_utc,
        fingerprint=parsed.fingerprint(SHA256()).hex(":").upper(),
        is_ca=_is_ca(parsed),
    )


def _read(block: str, place: int) -> Certificate:
    try:
        return described(x509.load_pem_x509_certificate(block.replace("X509 CERT", "CERT").encode()))
    except Exception:
        raise Refused(_("Certificate %(number)d cannot be read. Is it complete?", number=place)) from None


def _is_ca(parsed: x509.Certificate) -> bool:
    """Tell whether it may sign others: as its basic constraints say, or of version 1 signed by itself (RFC 5280)."""
    try:
        return parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return parsed.version is x509.Version.v1 and parsed.issuer == parsed.subject


def _readable(name: x509.Name) -> str:
    return name.rfc4514_string()


def _short(name: x509.Name) -> str:
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATIONAL_UNIT_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string()
