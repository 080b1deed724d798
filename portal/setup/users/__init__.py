"""Users as the sites know them: whose they are, their contact groups, their site passwords, their profiles."""
