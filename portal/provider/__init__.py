"""The provider's door: customers, requests, imports, mail and staff."""
