"""The API: what programs ask for, as JSON, with a credential of their own and never with a session's cookie."""
