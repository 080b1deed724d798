"""A certificate authority for tests: what it signs is right, expired, not valid yet or made out to others."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.database import now


class Authority:
    """An authority with its own certificate; `pem` is what a site is given to trust."""

    def __init__(self, *, ends: int = 400) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _called("Authority of a test")
        made = _builder(self._name, self._name, self._key, -500, ends)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.pem = made.sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode()

    def issue(
        self,
        name: str = "",
        *,
        hosts: Sequence[str] = (),
        addresses: Sequence[str] = (),
        begins: int = -1,
        ends: int = 30,
    ) -> tuple[str, str]:
        """Return a certificate and its key in PEM; `begins` and `ends` in days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(_called(name or "no name"), self._name, key, begins, ends)
        names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return made.sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode(), private


def served(folder: Path, certificate: str, key: str) -> ssl.SSLContext:
    """Return with what a server shows a certificate."""
    path = folder / f"{abs(hash(certificate))}.pem"
    path.write_text(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: int, ends: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + timedelta(days=begins))
        .not_valid_after(now() + timedelta(days=ends))
    )
