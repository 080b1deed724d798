"""Where a site answers: `tcp:host:port`, `tls:host:port` or `unix:/path`, and which of these may be called at all.

The portal stands inside the provider's network, and an address is typed by a person: without a list of what may be
called, it would knock on every door in there on request. A name is looked up once for a connection, what it stands for
is judged, and exactly that is connected to: a second look-up could answer something else.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import stat
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_SHAPE = re.compile(r"(tcp|tls):(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]@]+)):([0-9]{1,5})", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)
_LOOPBACK = [ipaddress.ip_network(text) for text in ("127.0.0.0/8", "::1/128")]
_NEVER = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "::/128", "224.0.0.0/4", "ff00::/8", "255.255.255.255/32",
        "169.254.0.0/16", "fe80::/10",  # link-local: what clouds tell a machine about itself
        "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128",  # the same, elsewhere
    )
]  # fmt: skip
"""Not even a listed network opens these."""
_DECEPTIVE = [
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")
]
"""Public by their looks: they hold another address, perhaps a private one, or were meant for one site."""

MALFORMED = _l("Write tcp:host:port, tls:host:port or unix:/path, an IPv6 address in brackets.")
NOT_ALLOWED = _l("This address is in no network in which sites may be reached. PORTAL_SITE_NETWORKS lists those.")
NO_FOLDER = _l("This path is in no folder that may hold sockets of sites. PORTAL_SITE_SOCKETS lists those.")
UNKNOWN = _l("The name of the site's host is not known.")


class NotReachable(ValueError):
    """Say why no connection is made, in a sentence for the reader."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Address:
    """A Livestatus address in its parts; `path` only for `unix`."""

    way: str
    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def ip(self) -> Ip | None:
        """Return the address when the host is one, not a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


@lru_cache(maxsize=4096)
def parse(livestatus: str) -> Address:
    """Return the parts of an address; raises NotReachable.

    Numbers that some resolvers take for an address (`0x7f.1`, `2130706433`, `127.1`) are neither names nor addresses.
    """
    if livestatus.startswith("unix:/") and livestatus.isprintable():
        return Address("unix", path=livestatus.removeprefix("unix:"))
    found = _SHAPE.fullmatch(livestatus)
    if not found or not 0 < int(found[4]) < 65536:
        raise NotReachable(MALFORMED)
    address = Address(found[1], (found[2] or found[3]).lower().removesuffix("."), int(found[4]))
    if (not isinstance(address.ip, ipaddress.IPv6Address)) if found[2] else not (address.ip or _is_name(address.host)):
        raise NotReachable(MALFORMED)
    return address


def _is_name(host: str) -> bool:
    labels = host.split(".")
    numeric = labels[-1].isdecimal() or labels[-1].startswith("0x")
    return len(host) <= 253 and not numeric and all(map(_LABEL.fullmatch, labels))


class Allowed:
    """What may be called: networks, every public address, this machine, folders of sockets."""

    def __init__(self, networks: str, sockets: str) -> None:
        words = networks.split()
        self.is_public_allowed = "public" in words
        self.networks = [ipaddress.ip_network(word) for word in words if word not in ("public", "loopback")]
        self.networks += _LOOPBACK if "loopback" in words else []
        self.folders = [os.path.realpath(folder) for folder in sockets.split()]

    def allows(self, ip: Ip) -> bool:
        """Tell whether an address may be called; one that wraps an IPv4 address is judged as that one."""
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if any(ip in network for network in _NEVER):
            return False
        if any(ip in network for network in self.networks):
            return True
        return self.is_public_allowed and ip.is_global and not any(ip in network for network in _DECEPTIVE)

    def socket(self, path: str) -> str:
        """Return the very path of a socket, free of links; raises NotReachable outside the allowed folders."""
        real = os.path.realpath(path)
        if not any(os.path.commonpath((folder, real)) == folder for folder in self.folders):
            raise NotReachable(NO_FOLDER)
        if os.path.exists(real) and not stat.S_ISSOCK(os.stat(real).st_mode):
            raise NotReachable(_l("There is no socket at this path."))
        return real

    def chosen(self, addresses: list[str]) -> list[str]:
        """Return those of the addresses a name stands for that may be called; raises NotReachable when none may."""
        allowed = [text for text in addresses if self.allows(ipaddress.ip_address(text.partition("%")[0]))]
        if not allowed:
            raise NotReachable(NOT_ALLOWED)
        return [text for text in allowed if "%" not in text]


@lru_cache(maxsize=64)
def allowed(networks: str, sockets: str) -> Allowed:
    """Return what two settings allow, the same object for the same settings; raises ValueError."""
    return Allowed(networks, sockets)


def of_settings() -> Allowed:
    """Return what this portal's settings allow."""
    return allowed(current_app.config["SITE_NETWORKS"], current_app.config["SITE_SOCKETS"])


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for, best first; raises NotReachable. It may take its time."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, whatever a resolver says
        return ["127.0.0.1", "::1"]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReachable(UNKNOWN) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check(livestatus: str) -> None:
    """Check an address as it is typed; raises ValueError with a sentence.

    A name nobody knows passes: the host may be about to come. It is judged again whenever it is connected to.
    """
    address, rules = parse(livestatus), of_settings()
    if address.way == "unix":
        rules.socket(address.path)
        return
    try:
        addresses = [address.host] if address.ip else look_up(address.host, address.port)
    except NotReachable:
        return
    rules.chosen(addresses)
