"""The provider's door: customers, their people and subscriptions, requests, staff, mail, and what waits."""
