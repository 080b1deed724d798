"""Scripts: what a provider installed to tell people by other ways than mail, run by the worker.

A script is an executable file of the folder of the setting, named by a rule and never by a path. It gets its variables
(`NOTIFY_…`, as Checkmk calls them) and nothing else of ours, has a limited time, and says by its exit code whether it
did it; what it prints is kept.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...accounts.attributes import CustomAttribute
from ...accounts.users import User
from ...customers.sites import Site
from ...jobs import handler
from ...leases import Job
from ...setup.forms.notification_rules import scripts
from ..tables import plain
from . import sending
from .events import type_of
from .log import DONE, FAILED, OUTPUT_LENGTH, WAITING, Notification

STATES = {
    "up": "UP", "down": "DOWN", "unreachable": "UNREACH", "ok": "OK", "warn": "WARN", "crit": "CRIT",
    "unknown": "UNKNOWN",
}  # fmt: skip


@handler(sending.SCRIPT)
def run(session: Session, job: Job) -> None:
    """Run the script of a notification and keep what came of it; it is not tried again when it failed."""
    row = sending.find(session, job)
    if row is None or row.state != WAITING:
        return
    name = row.method.removeprefix("script:")
    variables = _variables(session, row)
    session.commit()  # a slow script holds nobody up
    if name in scripts():
        row.exit_code, row.result = _execute(name, variables)
    else:
        row.result = "This script is not installed here."
    row.state = DONE if row.exit_code == 0 else FAILED


def _execute(name: str, variables: Mapping[str, str]) -> tuple[int | None, str]:
    """Run a script of the folder; return its exit code, None when it had to be ended, and what it printed."""
    path = Path(current_app.config["NOTIFICATION_SCRIPTS"]).resolve() / name
    limit = current_app.config["NOTIFICATION_SECONDS"]
    with tempfile.TemporaryFile() as printed:
        try:
            process = subprocess.Popen(  # noqa: S603 - the provider installed it; its name was found in the folder
                [str(path)], env=dict(variables), cwd="/", stdin=subprocess.DEVNULL, stdout=printed,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return None, f"It cannot be run: {error.strerror}."
        code: int | None
        try:
            code, said = process.wait(limit), ""
        except subprocess.TimeoutExpired:
            code, said = None, f"It was ended: it took longer than {limit} seconds. "
        finally:
            _end(process)
        printed.seek(0)
        text = printed.read(4 * OUTPUT_LENGTH).decode("utf-8", "replace")
    return code, (said + plain.lines(text, OUTPUT_LENGTH - len(said))).strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a script, whatever it started with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    finally:
        process.wait()


def _variables(session: Session, row: Notification) -> dict[str, str]:
    """Return the environment: who is told, of what."""
    user = session.get(User, row.user_id) if row.user_id else None
    site = session.get(Site, row.site_id)
    what = "SERVICE" if row.description else "HOST"
    found = {
        "WHAT": what, "NOTIFICATIONTYPE": type_of(row.event), "HOSTNAME": row.host_name,
        f"{what}STATE": STATES.get(row.event, ""), f"{what}OUTPUT": row.output,
        f"LAST{what}STATECHANGE": str(int(row.since.timestamp())), "OMD_SITE": row.site_id,
        "SITEALIAS": site.alias if site else row.site_id,
        "CONTACTNAME": user.username if user else row.recipient, "CONTACTALIAS": user.name if user else row.recipient,
        "CONTACTEMAIL": user.email if user else row.recipient, "CONTACTPAGER": user.pager if user else "",
    }  # fmt: skip
    if row.description:
        found["SERVICEDESC"] = row.description
    if user is not None:
        shared = session.scalars(select(CustomAttribute.id).where(CustomAttribute.is_notified))
        values = user.attributes or {}
        found |= {f"CONTACT_{id.upper()}": str(values.get(id, "")) for id in shared}
    return {f"NOTIFY_{name}": value.replace("\0", "") for name, value in found.items()}
