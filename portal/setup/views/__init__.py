"""Pages of setup."""

from __future__ import annotations

from flask import Blueprint

from .. import uses
from . import element_deeds, elements, site_password, users

BLUEPRINTS: tuple[Blueprint, ...] = (elements.bp, element_deeds.bp, users.bp, site_password.bp)

uses.register()
