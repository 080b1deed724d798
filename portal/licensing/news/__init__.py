"""News: what the provider tells everybody, as pages, as a feed and by mail."""
