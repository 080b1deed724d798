"""Livestatus: the language monitoring cores are asked in, and the connections over which they answer."""
