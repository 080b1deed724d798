"""What happened: events written with the deed, read as sentences."""
