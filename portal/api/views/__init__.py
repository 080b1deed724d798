"""Addresses of the API."""

from __future__ import annotations

from . import account, acts, collections, description, developers, index, licensing, signing_key, sites, tables

BLUEPRINTS = (
    index.bp, account.bp, acts.bp, collections.bp, tables.bp, licensing.bp, sites.bp, signing_key.bp, description.bp,
    developers.bp,
)  # fmt: skip
