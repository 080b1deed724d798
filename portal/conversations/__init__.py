"""Conversations: how people talk about a record: messages with attachments, and mail that comes back."""
