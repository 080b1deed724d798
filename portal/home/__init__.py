"""What waits: the page everyone starts from, and the search over all they may read."""
