"""Contacts: which hosts and services there are, and who is responsible for what."""
