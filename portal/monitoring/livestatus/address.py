"""Where a site answers: `tcp:host:port`, `tls:host:port` or `unix:/path`, and which of these may be called at all.

The portal stands inside the provider's network, and an address is typed by a person: without a list of what may be
called, it would knock on every door in there on request. A name is looked up once for a connection, what it stands for
is judged, and exactly that is connected to: a second look-up could answer something else.
"""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from flask_babel import lazy_gettext as _l

from ... import networks
from ...networks import Ip, Networks
from ...networks import NotReachable as NotReachable

_SHAPE = re.compile(r"(tcp|tls):(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]@]+)):([0-9]{1,5})", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)
MALFORMED = _l("Write tcp:host:port, tls:host:port or unix:/path, an IPv6 address in brackets.")
NOT_ALLOWED = _l("This address is in no network in which sites may be reached. PORTAL_SITE_NETWORKS lists those.")
NO_FOLDER = _l("This path is in no folder that may hold sockets of sites. PORTAL_SITE_SOCKETS lists those.")
UNKNOWN = _l("The name of the site's host is not known.")


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


class Allowed(Networks):
    """What may be called: networks, every public address, this machine, folders of sockets."""

    def __init__(self, networks: str, sockets: str) -> None:
        super().__init__(networks)
        self._settings = networks, sockets
        self.folders = [os.path.realpath(folder) for folder in sockets.split()]

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is allowed: threads that read the settings at once have two, and share their lines."""
        return isinstance(other, Allowed) and self._settings == other._settings

    def __hash__(self) -> int:
        return hash(self._settings)

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
        allowed = self.reachable(addresses)
        if not allowed:
            raise NotReachable(NOT_ALLOWED)
        return allowed


@lru_cache(maxsize=64)
def allowed(networks: str, sockets: str) -> Allowed:
    """Return what two settings allow; raises ValueError."""
    return Allowed(networks, sockets)


def of_settings() -> Allowed:
    """Return what this portal's settings allow."""
    return allowed(current_app.config["SITE_NETWORKS"], current_app.config["SITE_SOCKETS"])


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for, best first; raises NotReachable. It may take its time."""
    found = networks.look_up(host, port)
    if not found:
        raise NotReachable(UNKNOWN)
    return found


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
