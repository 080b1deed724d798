"""The pages of this package."""

from __future__ import annotations

from . import door, email, invitation, kiosk_links, password, profile, sessions, tokens

BLUEPRINTS = (door.bp, invitation.bp, password.bp, email.bp, profile.bp, sessions.bp, tokens.bp, kiosk_links.bp)
