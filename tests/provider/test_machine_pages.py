"""The page of a machine account."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.users import User
from portal.database import db
from tests.programs import machine


def test_it_says_where_scripts_of_this_machine_find_the_secret(app, as_):
    """Seed, section 8: such a script reads the secret directly from the file system."""
    machine(app, "backup", as_file=True)
    machine(app, "other")
    with app.app_context():
        ids = {row.username: row.id for row in db.session.execute(select(User.username, User.id))}
        db.session.remove()
    assert "automation/backup.secret" in as_("pat").get(f"/provider/access/users/{ids['backup']}")
    assert "other.secret" not in as_("pat").get(f"/provider/access/users/{ids['other']}")
