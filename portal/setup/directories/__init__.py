"""Directories: LDAP servers whose people the portal knows, lets in by their password there, and keeps in step."""
