"""Dialling: from a target to an open connection, to an address that the settings allow and to nobody else."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from . import trust
from .address import UNKNOWN, Address, Allowed, NotReachable, look_up, parse
from .answers import Target

REFUSED = _l("The site refuses the connection.")
NO_WAY = _l("No way leads to the site's host.")
NO_SOCKET = _l("There is no socket at this path.")
NO_ACCESS = _l("The portal may not use this socket.")
FAILED = _l("The connection to the site fails.")
LATE = _l("The site does not take the connection in time.")
_MEANING = {
    errno.ECONNREFUSED: REFUSED,
    errno.EHOSTUNREACH: NO_WAY,
    errno.ENETUNREACH: NO_WAY,
    errno.ENOENT: NO_SOCKET,
    errno.EACCES: NO_ACCESS,
    errno.EPERM: NO_ACCESS,
}

Factory = Callable[[], Any]


async def dial(target: Target, allowed: Allowed, factory: Factory) -> Any:
    """Return a connection made by `factory`; raises NotReachable with a sentence."""
    address = parse(target.livestatus)
    try:
        async with asyncio.timeout(target.timeout):
            if address.way == "unix":
                loop = asyncio.get_running_loop()
                return (await loop.create_unix_connection(factory, allowed.socket(address.path)))[1]
            return await _dial(target, address, allowed, factory)
    except TimeoutError:
        raise NotReachable(LATE) from None
    except ssl.SSLError as error:
        raise NotReachable(trust.sentence(error)) from None
    except ConnectionError as error:  # asyncio's own have no number: the handshake broke off
        ours = trust.FAILED if address.way == "tls" and error.errno != errno.ECONNREFUSED else FAILED
        raise NotReachable(_MEANING.get(error.errno or 0, ours)) from None
    except OSError as error:
        raise NotReachable(_MEANING.get(error.errno or 0, FAILED)) from None


async def _dial(target: Target, address: Address, allowed: Allowed, factory: Factory) -> Any:
    loop = asyncio.get_running_loop()
    trusted = trust.context(target.tls_ca) if address.way == "tls" else None
    found = [address.host] if address.ip else await _looked_up(address.host, address.port)
    line = await _connected(allowed.chosen(found), address.port, target.timeout)
    name = (address.host if not address.ip else "") if trusted else None
    transport, connection = await loop.create_connection(factory, sock=line, ssl=trusted, server_hostname=name)
    if trusted:
        try:
            tls = transport.get_extra_info("ssl_object")
            trust.judge(tls, host=address.host, site_id=target.site_id, tls_ca=target.tls_ca)
        except NotReachable:
            connection.drop()
            raise
    return connection


async def _connected(addresses: list[str], port: int, timeout: float) -> socket.socket:
    """Return a socket connected to the first of the addresses that takes it; raises OSError of the last."""
    loop, failure = asyncio.get_running_loop(), OSError()
    for address in addresses:
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            async with asyncio.timeout(timeout / len(addresses)):
                await loop.sock_connect(made, (address, port))
        except OSError as error:  # TimeoutError is one
            made.close()
            failure = error
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise failure


async def _looked_up(host: str, port: int) -> list[str]:
    """Look a name up in a thread of its own: a silent name server holds up no other site, nor the end of us."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def tell(found: list[str]) -> None:
        if not answer.done():
            answer.set_result(found)

    def run() -> None:
        try:
            found = look_up(host, port)
        except NotReachable:
            found = []
        try:
            loop.call_soon_threadsafe(tell, found)
        except RuntimeError:
            return  # the process ends

    threading.Thread(target=run, daemon=True, name=f"look up {host}").start()
    found = await answer
    if not found:
        raise NotReachable(UNKNOWN)
    return found
