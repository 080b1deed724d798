"""Where ERP records come from: a folder of exported files, or a live server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol

from flask_babel import gettext as _

from portal.erp.fields import FIELDS
from portal.erp.odoo import Server
from portal.erp.rows import Broken, Row, checked
from portal.errors import Refused

__all__ = ["Folder", "Source", "open_source"]


class Source(Protocol):
    """An ERP to read from."""

    @property
    def name(self) -> str:
        """Return what tells it from other sources; it stays the same from run to run."""

    def models(self) -> list[str]:
        """Return the models it can give, in the order of `FIELDS`; what is missing here has not vanished there."""

    def records(self, model: str) -> Iterator[Row]:
        """Yield the records of a model in the source's order, broken ones as `Broken`; raise Refused when it fails."""


def open_source(text: str, config: Mapping[str, Any]) -> Source:
    """Return the source `text` names: a server when it is an address, a folder otherwise; raise Refused."""
    text = text.strip()
    if not text:
        raise Refused(_("No ERP source is named: give a folder or the address of a server."))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return Server(text, database=config["ERP_DATABASE"], user=config["ERP_USER"], key=config["ERP_KEY"])
    return Folder(Path(text))


class Folder:
    """A folder of JSON files, one a model, `res.partner.json`: an array with one record a line, or any other layout."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.name = str(self.path)
        if not self.path.is_dir():
            raise Refused(_("There is no folder %(path)s.", path=path))
        if not self.models():
            raise Refused(_("The folder %(path)s holds no ERP export, such as res.partner.json.", path=path))

    def models(self) -> list[str]:
        """Return the models the folder has a file for."""
        return [model for model in FIELDS if self._file(model).is_file()]

    def records(self, model: str) -> Iterator[Row]:
        """Yield the records of the model's file, in its order; nothing when there is no file."""
        file = self._file(model)
        if not file.is_file():
            return
        try:
            rows = _by_line(file) if _holds_a_record_a_line(file) else _whole(file)
            yield from checked(file.name, rows)
        except OSError as error:
            raise Refused(_("The file %(file)s cannot be read.", file=file)) from error

    def _file(self, model: str) -> Path:
        return self.path / f"{model}.json"


def _holds_a_record_a_line(file: Path) -> bool:
    """Tell the layout by its first two lines: `[` alone, then a line that holds more than the start of a record."""
    with file.open("rb") as lines:
        filled = (line for line in map(_stripped, lines) if line)
        return next(filled, b"") == b"[" and next(filled, b"{") not in (b"{", b"[")


def _by_line(file: Path) -> Iterator[tuple[int, Any]]:
    opened = closed = False
    number = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            content = _stripped(line)
            if not content:
                continue
            if not opened:
                opened = True  # by the line that made this layout: the bracket alone
                continue
            if closed:
                yield number, Broken(file.name, number, _("Something stands after the end of the list."))
                return
            if content == b"]":
                closed = True
            else:
                yield number, _parsed(file.name, number, content.removesuffix(b","))
    if not closed:
        yield number, Broken(file.name, number, _("The file ends before its list does: it is not complete."))


def _whole(file: Path) -> Iterator[tuple[int, Any]]:
    value = _parsed(file.name, 1, _stripped(file.read_bytes()))
    if isinstance(value, list):
        yield from enumerate(value, start=1)
    elif isinstance(value, Broken):
        yield 1, Broken(file.name, 1, value.why)
    else:
        yield 1, Broken(file.name, 1, _("The file holds no list of records."))


def _parsed(file: str, line: int, content: bytes) -> Any:
    """Return the JSON value, or a `Broken` that says why there is none."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        why = _("This is not UTF-8 text.")
    except json.JSONDecodeError as error:
        why = _("This is not JSON, from column %(column)s on.", column=error.colno)
    except (ValueError, RecursionError):
        why = _("This JSON holds a number that is none, or is nested too deeply.")
    key = re.search(rb'"id": ?(\d{1,9})[,}\s]', content)
    return Broken(file, line, why, key=int(key[1]) if key else None)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _stripped(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf").strip()
