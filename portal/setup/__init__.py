"""Setup: what the provider configures for sites, to whom each piece is released, and how it gets there."""
