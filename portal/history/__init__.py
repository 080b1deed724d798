"""What happened in a company, as sentences."""
