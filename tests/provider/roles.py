"""How the tests of roles clone and save them through their pages, and read what became of them."""

from __future__ import annotations

from portal.access.roles import Role
from portal.database import db
from tests.provider.helpers import send

ROLES = "/provider/access/roles/"


def answers(app, role_id):
    with app.app_context():
        role = db.session.get(Role, role_id)
        found = role.explicit if role else None
        db.session.remove()
    return found


def grants(app, role_id, permission):
    with app.app_context():
        found = db.session.get(Role, role_id).grants(permission)
        db.session.remove()
    return found


def clone(browser, source, id, alias, status=302):
    return send(browser, ROLES + source, "clone", status, id=id, alias=alias)


def save(browser, role_id, status=302, **fields):
    return send(browser, ROLES + role_id, "role", status, **{name.replace("__", "."): v for name, v in fields.items()})
