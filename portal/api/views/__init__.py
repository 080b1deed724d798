"""Addresses of the API."""

from __future__ import annotations

from . import description, licensing

BLUEPRINTS = (licensing.bp, description.bp)
