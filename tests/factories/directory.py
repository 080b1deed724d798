"""A real LDAP server for a test: Debian's slapd in a folder of its own, with TLS and a company of three."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import ldap
import ldap.modlist

from tests.factories.certificates import make_server
from tests.factories.core import free_port

BASE = "dc=example,dc=com"
ADMIN, PASSWORD = f"cn=portal,{BASE}", "invented for tests"
CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
maxsize 268435456
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/db
index objectClass,uid eq
limits * size=500 size.prtotal=unlimited
"""


class Slapd:
    """A running directory. Everybody's password is `<username>s password`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-slapd-"))
        (self.folder / "db").mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.ca = make_server(self.folder)
        conf = CONF.format(folder=self.folder, base=BASE, admin=ADMIN, password=PASSWORD)
        (self.folder / "slapd.conf").write_text(conf)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Slapd:
        self.start()
        self.add(BASE, objectClass=["dcObject", "organization"], o="Example", dc="example")
        for unit in ("people", "groups"):
            self.add(f"ou={unit},{BASE}", objectClass="organizationalUnit", ou=unit)
        return self

    def __exit__(self, *_exception: Any) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def begin(self) -> None:
        """Be up, and hold three people and no group."""
        if self._process is None:
            self.start()
        connection = self._connect()
        for dn, _entry in connection.search_s(
            BASE, ldap.SCOPE_SUBTREE, "(|(objectClass=person)(objectClass=groupOfNames))"
        ):
            connection.delete_s(dn)
        for username, name in (("lena", "Lena Linden"), ("max", "Max Moor"), ("nora", "Nora Nagel")):
            self.person(username, name)

    def start(self) -> None:
        """Start it and wait until it answers."""
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        command = ["/usr/sbin/slapd", "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h", urls]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while True:
            try:
                self._connect().unbind_s()
                return
            except ldap.SERVER_DOWN:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """End it: whoever asks finds nobody."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _connect(self) -> Any:
        connection = ldap.initialize(f"ldap://127.0.0.1:{self.port}")
        connection.simple_bind_s(ADMIN, PASSWORD)
        return connection

    def add(self, dn: str, **attributes: str | list[str]) -> None:
        """Add an entry."""
        values = {
            name: [text.encode() for text in ([given] if isinstance(given, str) else given)]
            for name, given in attributes.items()
        }
        self._connect().add_s(dn, ldap.modlist.addModlist(values))

    def person(self, username: str, name: str, *, unit: str = "people", **more: str) -> str:
        """Add a person; return the DN."""
        dn = f"cn={name},ou={unit},{BASE}"
        given = {"mail": f"{username}@directory.example", "userPassword": f"{username}s password", **more}
        self.add(dn, objectClass="inetOrgPerson", uid=username, sn=name.split()[-1], cn=name, **given)
        return dn

    def group(self, name: str, *members: str) -> str:
        """Add a group; return the DN."""
        dn = f"cn={name},ou=groups,{BASE}"
        self.add(dn, objectClass="groupOfNames", cn=name, member=list(members))
        return dn

    def change(self, dn: str, **attributes: str) -> None:
        """Set attributes of an entry."""
        self._connect().modify_s(dn, [(ldap.MOD_REPLACE, name, [text.encode()]) for name, text in attributes.items()])

    def remove(self, dn: str) -> None:
        """Delete an entry."""
        self._connect().delete_s(dn)

    def rename(self, dn: str, name: str) -> str:
        """Give an entry another name; return the new DN."""
        self._connect().rename_s(dn, f"cn={name}")
        return f"cn={name},{dn.partition(',')[2]}"

    def body(self, **more: Any) -> dict[str, Any]:
        """Return what a connection to it says."""
        return {
            "server": "127.0.0.1", "port": self.tls_port, "encryption": "ldaps", "tls_ca": self.ca, "bind_dn": ADMIN,
            "base_dn": f"ou=people,{BASE}", "user_filter": "(objectClass=inetOrgPerson)", "username_attribute": "uid",
            "name_attribute": "cn", "email_attribute": "mail", "pager_attribute": "", "key_attribute": "entryUUID",
            "in_portal": True, "default_roles": ["user"], "role_groups": [], "contact_groups": [], **more,
        }  # fmt: skip
