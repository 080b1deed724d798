"""Forms of setup."""
