"""Responsibility: the tree of folders as people see it, who may edit it, and who is responsible where and why."""
