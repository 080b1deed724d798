"""Leaks: what an element says that not all who read it may know, found while editing and kept in a report."""
