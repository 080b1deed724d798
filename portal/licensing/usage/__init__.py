"""Usage: what sites report, how it compares with the limit, and how that is shown."""
