"""Addresses of the API."""

from __future__ import annotations

from . import description, licensing, signing_key, sites

BLUEPRINTS = (licensing.bp, sites.bp, signing_key.bp, description.bp)
