"""Whose: the organisations, what they bought, and the rule that everyone sees only their own."""
