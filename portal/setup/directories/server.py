"""Server: what is asked of an LDAP server, with time limits, over TLS that is checked (ASVS 1.2.6: all values escaped).

python-ldap is an extra (`make ldap`): without it a directory is one that cannot be asked, and says so.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from ...networks import Networks, look_up
from .directory import Directory

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
SIGN_IN_SECONDS, READING_SECONDS = 15, 600
"""How long a connection is used at most, however often it answers in time: for one person, and for all."""
PAGE = 500
MOST = 50_000
"""Entries one directory is read for; what has more says so."""
MEMBERS = ("member", "uniqueMember", "memberUid")

Found = list[tuple[str, dict[str, list[bytes]]]]


class Silent(Exception):
    """Say in a sentence for the reader why a directory was not asked, or gave no answer."""


def is_installed() -> bool:
    """Tell whether this machine can speak LDAP."""
    return find_spec("ldap") is not None


class Server:
    """An open connection to a directory, bound as the connection says."""

    def __init__(self, ldap: Any, connection: Any, directory: Directory, until: float) -> None:
        self._ldap, self._connection, self.directory, self._until = ldap, connection, directory, until

    def people(self) -> Found:
        """Return the entries of all people, page by page (RFC 2696)."""
        from ldap.controls import SimplePagedResultsControl

        control, found = SimplePagedResultsControl(True, size=PAGE, cookie=""), []
        while True:
            asked = self._connection.search_ext(
                self.directory.base_dn, self._ldap.SCOPE_SUBTREE, self.directory.user_filter, self._attributes,
                serverctrls=[control], timeout=self._seconds,
            )  # fmt: skip
            _type, page, _id, controls = self._connection.result3(asked, timeout=self._seconds)
            found += _entries(page)
            if len(found) > MOST:
                raise Silent(_("The directory has more than %(number)d people. Narrow the user filter.", number=MOST))
            cookies = [one.cookie for one in controls if one.controlType == SimplePagedResultsControl.controlType]
            if not cookies or not cookies[0]:
                return found
            control.cookie = cookies[0]

    def named(self, username: str) -> Found:
        """Return the entries of people with a username: one, unless the directory is at odds with itself."""
        from ldap.filter import escape_filter_chars

        directory = self.directory
        wanted = f"(&{directory.user_filter}({directory.username_attribute}={escape_filter_chars(username, 1)}))"
        found = self._connection.search_ext_s(
            directory.base_dn, self._ldap.SCOPE_SUBTREE, wanted, self._attributes, timeout=self._seconds, sizelimit=10
        )
        return _entries(found)

    def members(self, dn: str) -> set[str]:
        """Return who is in a group, as DNs or usernames, folded; of a group that is not there nobody."""
        found: set[str] = set()
        attributes: list[str] = list(MEMBERS)
        with suppress(self._ldap.NO_SUCH_OBJECT, self._ldap.INVALID_DN_SYNTAX):
            while attributes:
                read = self._connection.search_ext_s(
                    dn, self._ldap.SCOPE_BASE, "(objectClass=*)", attributes, timeout=self._seconds
                )
                attributes = []
                for name, values in (pair for _dn, entry in _entries(read) for pair in entry.items()):
                    found |= {value.decode("utf-8", "replace").casefold() for value in values}
                    if following := _following(name, len(values)):
                        attributes.append(following)
                if len(found) > MOST:
                    raise Silent(_("A group of the directory has more than %(number)d members.", number=MOST))
        return found

    def is_right(self, dn: str, password: str) -> bool:
        """Tell whether a password is that of an entry; an empty one is nobody's (RFC 4513, 5.1.2 would let it in)."""
        if not dn or not password or "\0" in password:
            return False
        self._connection.set_option(self._ldap.OPT_TIMEOUT, self._seconds)
        try:
            self._connection.simple_bind_s(dn, password)
        except (self._ldap.INVALID_CREDENTIALS, self._ldap.UNWILLING_TO_PERFORM, self._ldap.INAPPROPRIATE_AUTH):
            return False
        return True

    @property
    def _seconds(self) -> float:
        """Return how long the next answer may take; raise Silent when there is no time left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Silent(_("The directory does not answer in time."))
        return min(left, ANSWER_SECONDS)

    @property
    def _attributes(self) -> list[str]:
        directory = self.directory
        names = {
            directory.key_attribute, directory.username_attribute, directory.name_attribute,
            directory.email_attribute, directory.pager_attribute, "memberOf",
        }  # fmt: skip
        return sorted(names - {""})


@contextmanager
def opened(directory: Directory, *, seconds: float) -> Iterator[Server]:
    """Connect and bind to a directory for so long; whatever fails, then or inside, is raised as Silent with a sentence.

    One that always answers, but never comes to an end, holds nobody up for longer.
    """
    until = time.monotonic() + seconds
    if not is_installed():
        raise Silent(_("This portal cannot ask directories yet. Whoever operates it installs that with: make ldap"))
    import ldap

    networks = Networks(current_app.config["DIRECTORY_NETWORKS"])
    addresses = look_up(directory.server, directory.port)
    if not addresses:
        raise Silent(_("The name of the directory’s server is not known."))
    if not networks.reachable(addresses):
        raise Silent(
            _("This server is in no network in which directories may be. PORTAL_DIRECTORY_NETWORKS lists those.")
        )
    connection: Any = None
    try:
        with _authorities(directory.tls_ca) as file:
            connection = _connect(ldap, directory, file)
            yield Server(ldap, connection, directory, until)
    except ldap.LDAPError as error:
        raise Silent(str(_why(ldap, error))) from None
    except (UnicodeError, ValueError):
        raise Silent(_("The directory’s answer cannot be read.")) from None
    finally:
        if connection is not None:
            with suppress(ldap.LDAPError):
                connection.unbind_ext_s()


def _connect(ldap: Any, directory: Directory, authorities: str) -> Any:
    scheme = "ldaps" if directory.encryption == "ldaps" else "ldap"
    host = f"[{directory.server}]" if ":" in directory.server else directory.server
    connection = ldap.initialize(f"{scheme}://{host}:{directory.port}", bytes_mode=False)
    connection.protocol_version = ldap.VERSION3
    connection.set_option(ldap.OPT_REFERRALS, 0)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, CONNECT_SECONDS)
    connection.set_option(ldap.OPT_TIMEOUT, ANSWER_SECONDS)
    if directory.encryption != "none":
        if authorities:
            connection.set_option(ldap.OPT_X_TLS_CACERTFILE, authorities)
        connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    if directory.encryption == "starttls":
        connection.start_tls_s()
    connection.simple_bind_s(directory.bind_dn, directory.bind_password if directory.bind_dn else "")
    return connection


@contextmanager
def _authorities(pem: str) -> Iterator[str]:
    """Give the path of a file with the authorities a connection trusts; empty: the machine's own."""
    if not pem:
        yield ""
        return
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(pem)
        yield path
    finally:
        os.unlink(path)


def _why(ldap: Any, error: Any) -> Any:
    if isinstance(error, ldap.INVALID_CREDENTIALS | ldap.INVALID_DN_SYNTAX):
        return _("The directory does not take the bind DN with its password.")
    if isinstance(error, ldap.NO_SUCH_OBJECT):
        return _("There is nothing at the base DN.")
    if isinstance(error, ldap.FILTER_ERROR):
        return _("The directory does not understand the user filter.")
    if isinstance(error, ldap.TIMEOUT | ldap.TIMELIMIT_EXCEEDED):
        return _("The directory does not answer in time.")
    if isinstance(error, ldap.SIZELIMIT_EXCEEDED | ldap.ADMINLIMIT_EXCEEDED):
        return _("The directory gives no more people at once, and does not give them in pages.")
    if isinstance(error, ldap.SERVER_DOWN | ldap.CONNECT_ERROR):
        return _("No connection to the directory: it does not answer, or its certificate is not trusted.")
    if isinstance(error, ldap.INSUFFICIENT_ACCESS | ldap.STRONG_AUTH_REQUIRED | ldap.CONFIDENTIALITY_REQUIRED):
        return _("The directory does not let the bind DN read this.")
    return _("The directory refuses: %(why)s", why=str((error.args or [{}])[0].get("desc", type(error).__name__))[:120])


def _entries(found: Any) -> Found:
    """Return entries without the referrals among them."""
    return [(dn, attributes) for dn, attributes in found if dn and isinstance(attributes, dict)]


def _following(name: str, count: int) -> str:
    """Return what to ask for the next values of an attribute that came in part (Active Directory's range retrieval)."""
    base, _semicolon, option = name.partition(";range=")
    start, _dash, end = option.partition("-")
    if not option or end == "*" or not count or not start.isdecimal():
        return ""
    return f"{base};range={int(start) + count}-*"
