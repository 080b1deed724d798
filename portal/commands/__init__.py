"""Operators' commands: `.venv/bin/flask --app app …`."""

from __future__ import annotations

from flask import Flask

from .accounts import set_password, staff
from .backups import backup, restore
from .demo import demo
from .erp import import_odoo
from .licensing import verify_license
from .policy import access
from .receiving import receive_mail
from .releases import publish_release
from .serving import serve, work

COMMANDS = (
    serve, work, backup, restore, set_password, staff, import_odoo, receive_mail, demo, access, verify_license,
    publish_release,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
