"""A company's own people: its super user and admins invite, edit and disable them."""
