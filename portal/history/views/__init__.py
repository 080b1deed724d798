"""The pages of this package."""

from __future__ import annotations

from flask import Blueprint

from . import history, staff

BLUEPRINTS: tuple[Blueprint, ...] = (history.bp, staff.bp)
