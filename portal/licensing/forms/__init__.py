"""Forms of licensing."""
