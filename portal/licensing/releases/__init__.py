"""Releases: what there is to download, who may have it, and who took it."""
