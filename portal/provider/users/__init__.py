"""All users: the list that staff see, and what they do to many at once."""
