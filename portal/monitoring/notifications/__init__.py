"""Notifications: who is told of which state of a host or service, how, and what became of it."""
