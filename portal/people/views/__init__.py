"""The pages of this package."""

from __future__ import annotations

from flask import Blueprint

from .. import uses
from . import company, deeds, editing, requests, users

BLUEPRINTS: tuple[Blueprint, ...] = (users.bp, editing.bp, deeds.bp, requests.bp, company.bp)

uses.register()
