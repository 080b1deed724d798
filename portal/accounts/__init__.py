"""Who: users, their sessions, invitations and passwords, and how a company's super user changes."""
