"""Pages of setup."""

from __future__ import annotations

from flask import Blueprint

from .. import uses

BLUEPRINTS: tuple[Blueprint, ...] = ()

uses.register()
