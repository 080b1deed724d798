"""The pages of this package."""

from __future__ import annotations

from . import door, email, invitation, password, profile, sessions, tokens

BLUEPRINTS = (door.bp, invitation.bp, password.bp, email.bp, profile.bp, sessions.bp, tokens.bp)
