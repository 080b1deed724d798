"""A live Odoo server, read over its External API (JSON-RPC, `execute_kw`)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from flask_babel import gettext as _

from portal.erp.fields import DOMAINS, FIELDS
from portal.erp.rows import Row, checked
from portal.errors import Refused

PAGE = 500
SECONDS = 60.0
MEBIBYTE = 1024 * 1024


class Fault(Exception):
    """Say that the server answered with a fault: the name of the exception there, and its message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


class Server:
    """A server to read from; signs in at the first question. `seconds` and `largest` (bytes) bound each answer."""

    def __init__(
        self,
        address: str,
        *,
        database: str,
        user: str,
        key: str,
        seconds: float = SECONDS,
        largest: int = 64 * MEBIBYTE,
    ) -> None:
        self.name = _endpoint(address)
        if not (database and user and key):
            raise Refused(
                _("A live server needs PORTAL_ERP_DATABASE, PORTAL_ERP_USER and PORTAL_ERP_KEY in the environment.")
            )
        self._database, self._user, self._key = database, user, key
        self._seconds, self._largest = seconds, largest
        self._opener = _opener()
        self._uid: int | None = None
        self._fields: dict[str, list[str]] = {}

    def models(self) -> list[str]:
        """Return the models the server knows; one whose app is not installed there is left out."""
        found = [model for model in FIELDS if self._known_fields(model)]
        if not found:
            raise Refused(_("The ERP server knows none of the records that are imported: is it the right database?"))
        return found

    def records(self, model: str) -> Iterator[Row]:
        """Yield the records of a model by id, archived ones too; a field the server does not have is `false`."""
        fields = self._known_fields(model)
        if fields:
            yield from checked(model, self._rows(model, fields))

    def _rows(self, model: str, fields: list[str]) -> Iterator[tuple[int, Any]]:
        """Read page after page, each from the last id on: by offset, a record deleted meanwhile would hide another."""
        last, position, missing = 0, 0, dict.fromkeys(FIELDS[model], False)
        while True:
            domain = [*DOMAINS.get(model, []), ["id", ">", last]]
            options = {"fields": fields, "limit": PAGE, "order": "id", "context": {"active_test": False}}
            try:
                rows = self._execute(model, "search_read", [domain], options)
            except Fault as fault:
                raise _refused(model, fault) from fault
            if not isinstance(rows, list):
                raise Refused(_("The ERP server answered with something else than records of %(model)s.", model=model))
            for row in rows:
                position += 1
                yield position, missing | row if isinstance(row, dict) else row
            if len(rows) < PAGE:
                return
            highest = max(
                (row["id"] for row in rows if isinstance(row, dict) and type(row.get("id")) is int), default=0
            )
            if highest <= last:
                raise Refused(_("The ERP server answers with the same records of %(model)s again.", model=model))
            last = highest

    def _known_fields(self, model: str) -> list[str]:
        """Return those fields of the model that the server has and this user may read; none: it has no such model."""
        if model not in self._fields:
            try:
                known = self._execute(model, "fields_get", [], {"attributes": ["type"]})
            except Fault as fault:
                # An unknown model is a plain UserError, raised before any right is looked at.
                if fault.name != "odoo.exceptions.UserError":
                    raise _refused(model, fault) from fault
                known = {}
            if not isinstance(known, dict):
                raise Refused(_("The ERP server answered with something else than fields of %(model)s.", model=model))
            self._fields[model] = [field for field in FIELDS[model] if field in known]
        return self._fields[model]

    def _execute(self, model: str, method: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        if self._uid is None:
            self._uid = self._sign_in()
        parameters = [self._database, self._uid, self._key, model, method, arguments, options]
        return self._call("object", "execute_kw", parameters)

    def _sign_in(self) -> int:
        try:
            uid = self._call("common", "authenticate", [self._database, self._user, self._key, {}])
        except Fault as fault:
            raise Refused(_("Signing in to the ERP server failed: %(message)s", message=fault.message)) from fault
        if type(uid) is not int or uid <= 0:
            raise Refused(_("The ERP server does not accept the user and key."))
        return uid

    def _call(self, service: str, method: str, arguments: list[Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": service, "method": method, "args": arguments},
        }
        content = self._post(json.dumps(body).encode())
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Refused(_("The ERP server's answer is not JSON: is the address right?")) from error
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            raise _fault(answer["error"])
        if not isinstance(answer, dict) or "result" not in answer:
            raise Refused(_("The ERP server's answer is not one of its External API: is the address right?"))
        return answer["result"]

    def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json"}
        request = Request(self.name, data=body, headers=headers, method="POST")  # noqa: S310 (`_endpoint` saw to it)
        until = time.monotonic() + self._seconds
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                content = bytearray()
                while chunk := answer.read1(MEBIBYTE):
                    content += chunk
                    if len(content) > self._largest:
                        raise Refused(_("The ERP server's answer is too large."))
                    if time.monotonic() > until:
                        raise TimeoutError
                return bytes(content)
        except HTTPError as error:
            error.close()
            if 300 <= error.code < 400:
                raise Refused(_("The ERP server sends on to another address: give that one.")) from error
            raise Refused(_("The ERP server answered with status %(status)s.", status=error.code)) from error
        except (OSError, HTTPException) as error:
            if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
                raise Refused(_("The ERP server did not answer in time.")) from error
            raise Refused(_("The ERP server cannot be reached: %(why)s", why=_plain(str(error)))) from error


def _endpoint(address: str) -> str:
    """Return the address of the JSON-RPC endpoint; raise Refused when `address` names no http(s) server."""
    wrong = Refused(
        _("%(address)s is not the address of a server, such as https://erp.example.", address=repr(address))
    )
    if not address.isprintable() or " " in address:
        raise wrong
    try:
        parts = urlsplit(address)
        bad_port = parts.port == 0
    except ValueError:
        raise wrong from None
    if parts.username or parts.password:
        raise Refused(_("Credentials come from the environment, never in the server's address."))
    if parts.scheme not in ("http", "https") or not parts.hostname or bad_port or parts.query or parts.fragment:
        raise wrong
    path = parts.path.rstrip("/").removesuffix("/jsonrpc")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}/jsonrpc"


def _opener() -> OpenerDirector:
    """Return what opens http and https only and follows no redirect: each sends the credentials."""
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor):
        opener.add_handler(handler())
    return opener


def _refused(model: str, fault: Fault) -> Refused:
    if fault.name == "odoo.exceptions.AccessDenied":
        return Refused(_("The ERP server no longer accepts the user and key."))
    return Refused(_("The ERP server refuses to give %(model)s: %(message)s", model=model, message=fault.message))


def _fault(error: dict[str, Any]) -> Fault:
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    return Fault(str(data.get("name") or ""), _plain(str(data.get("message") or error.get("message") or "")))


def _plain(text: str) -> str:
    """Return the first 300 characters on one line: what a server says is shown, but only so much of it."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:300]
