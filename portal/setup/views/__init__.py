"""Pages of setup."""

from __future__ import annotations

from flask import Blueprint

from .. import uses
from . import site_password, users

BLUEPRINTS: tuple[Blueprint, ...] = (users.bp, site_password.bp)

uses.register()
