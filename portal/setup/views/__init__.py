"""Pages of setup."""

from __future__ import annotations

from flask import Blueprint

from .. import authorization, uses
from . import (
    activations,
    changes,
    directories,
    element_deeds,
    elements,
    folders,
    global_settings,
    leaks,
    responsibilities,
    responsibility,
    site_changes,
    site_password,
    users,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    directories.bp, folders.bp, responsibility.bp, responsibilities.bp, elements.bp, element_deeds.bp,
    global_settings.bp, leaks.bp, users.bp, site_password.bp, changes.bp, activations.bp, site_changes.bp,
)  # fmt: skip

uses.register()
authorization.register()
