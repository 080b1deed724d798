"""Trust: which certificate a site may show on a `tls:` connection.

With a CA given for the site, that alone is trusted, and the certificate must carry the host of the address or the
site's ID: Checkmk makes certificates out to the site's ID, as common name and as alternative name. What is given may
also be the site's very certificate (pinned): it needs no name then. Without one, the machine's CAs are trusted and
only the host's name counts. Expired ones are refused in each case.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from .address import NotReachable

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

UNREADABLE = _l("The CA given for this site cannot be read.")
OTHER_NAME = _l("The site's certificate is made out to another name.")
NO_TLS = _l("The site does not speak TLS: its address begins with tcp:.")
FAILED = _l("The site and the portal cannot agree on TLS.")
UNTRUSTED = _l("The site's certificate is not from a trusted CA.")
BAD = {
    9: _l("The site's certificate or its CA is not valid yet."),
    10: _l("The site's certificate or its CA has expired."),
    18: _l("The site's certificate is signed by itself, and not the one given for it."),
    19: _l("The site's certificate is from a CA of its own, which is not the one given for it."),
}
"""What OpenSSL's codes of verification mean (X509_V_ERR_*); the others: not trusted."""


@lru_cache(maxsize=2048)
def context(tls_ca: str) -> ssl.SSLContext:
    """Return how to trust: the given certificates alone, else the machine's; raises NotReachable."""
    try:
        made = ssl.create_default_context(cadata=tls_ca or None)
    except (ssl.SSLError, ValueError):
        raise NotReachable(UNREADABLE) from None
    made.check_hostname = False  # judge() does, and knows of site IDs
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a certificate that is no CA can be given
    return made


@lru_cache(maxsize=2048)
def _pinned(tls_ca: str) -> frozenset[bytes]:
    return frozenset(ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(tls_ca))


def judge(tls: Any, *, host: str, site_id: str, tls_ca: str) -> None:
    """Check that a verified certificate is made out to the site; raises NotReachable."""
    if tls_ca and tls.getpeercert(True) in _pinned(tls_ca):
        return
    shown = tls.getpeercert() or {}
    names = [name for kind, name in shown.get("subjectAltName", ()) if kind == "DNS"]
    addresses = [name.strip() for kind, name in shown.get("subjectAltName", ()) if kind == "IP Address"]
    if tls_ca:
        names += [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
        if site_id in names:
            return
    if not (_is_among(host, addresses) or any(_is_called(host, name.lower()) for name in names)):
        raise NotReachable(OTHER_NAME)


def _is_among(host: str, addresses: list[str]) -> bool:
    try:
        return ipaddress.ip_address(host) in map(ipaddress.ip_address, addresses)
    except ValueError:
        return False


def _is_called(host: str, name: str) -> bool:
    """Compare as RFC 6125 says: a `*` stands for one whole label, the first."""
    if name.startswith("*.") and name.count(".") > 1:
        return host.partition(".")[2] == name[2:]
    return host == name


def sentence(error: ssl.SSLError) -> Any:
    """Return what a failed handshake means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return BAD.get(error.verify_code, UNTRUSTED)
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
        return NO_TLS
    return FAILED
