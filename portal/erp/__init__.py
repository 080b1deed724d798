"""Bring in what an ERP holds: read it from a folder or a live server, and check each value on the way."""
