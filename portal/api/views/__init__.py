"""Addresses of the API."""

from __future__ import annotations

from . import account, collections, description, licensing, signing_key, sites

BLUEPRINTS = (account.bp, collections.bp, licensing.bp, sites.bp, signing_key.bp, description.bp)
