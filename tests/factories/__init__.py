"""Records for tests, each with what it cannot do without."""
