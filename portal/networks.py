"""Networks: what the portal may call at an address that somebody typed, and what a name stands for.

The portal stands inside the provider's network: without a list of what may be called, it would knock on every door in
there on request.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

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


class NotReachable(ValueError):
    """Say why no connection is made, in a sentence for the reader."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Networks:
    """What a setting allows: networks, `public` for every public address, `loopback` for this machine."""

    def __init__(self, networks: str) -> None:
        words = networks.split()
        self.is_public_allowed = "public" in words
        self.networks = [ipaddress.ip_network(word) for word in words if word not in ("public", "loopback")]
        self.networks += _LOOPBACK if "loopback" in words else []

    def allows(self, ip: Ip) -> bool:
        """Tell whether an address may be called; one that wraps an IPv4 address is judged as that one."""
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if any(ip in network for network in _NEVER):
            return False
        if any(ip in network for network in self.networks):
            return True
        return self.is_public_allowed and ip.is_global and not any(ip in network for network in _DECEPTIVE)

    def reachable(self, addresses: list[str]) -> list[str]:
        """Return those of some addresses that may be called."""
        allowed = [text for text in addresses if self.allows(ipaddress.ip_address(text.partition("%")[0]))]
        return [text for text in allowed if "%" not in text]


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for, best first; none for a name nobody knows. It may take its time."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, whatever a resolver says
        return ["127.0.0.1", "::1"]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
