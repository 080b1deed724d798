"""Forms of support: shape only."""
