"""The addresses of a live portal: those of the access table, with records that are really there."""

from __future__ import annotations

import re

from sqlalchemy import func, literal, select

from portal.access.rights import PortalRole
from portal.accounts import passwords
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription
from portal.database import db
from portal.documents.models import Document, Project, Task
from tests.access.addresses import fill
from tests.access.rows import Row, rows
from tests.cast import PASSWORD
from tests.e2e.portal import Portal, close

NO_PAGE = re.compile(
    r"\.(atom|csv|json|pdf|css|py)$|/evidence/|/attachments/|^/downloads/\{c|^/(api|healthz|readyz|metrics|brand|static)\b"
)
"""What is opened by other programs, or downloaded."""


def pages(person: str, statuses: tuple[int, ...] = (200,)) -> list[Row]:
    """Return the rows of the pages that somebody gets with one of these statuses; `""`: a stranger."""
    return [row for row in rows() if row.method == "GET" and not NO_PAGE.search(row.address) and
            _status(row, person) in statuses]  # fmt: skip


def _status(row: Row, person: str) -> int:
    if person:
        return row.expected[person]
    return row.expected["pat"] if row.is_public else 200 if row.address == "/login" else 302


def add_hollow() -> None:
    """Add customers with nothing yet: hollow has only hal, its super user, and bare nobody."""
    session = db.session()
    Customer.create(session, id="hollow", name="Hollow Ltd", by=None)
    Customer.create(session, id="bare", name="Bare Ltd", by=None)
    hal = User.create(
        session, name="Hal Young", email="hal@hollow.example", customer_id="hollow", username="hal",
        portal_role=PortalRole.SUPER_USER, by=None,
    )  # fmt: skip
    hal.password_hash = passwords.HASHER.hash(PASSWORD)
    session.commit()


class Places:
    """What stands for each placeholder, and one record of acme's for each kind and state."""

    def __init__(self, portal: Portal) -> None:
        self.portal, app = portal, portal.app()
        self.ids = fill(app)
        with app.app_context():
            add_hollow()
            self.states = self._states()
        close(app)

    def address(self, row: Row) -> str:
        """Return a row's address with the records in it."""
        return row.address.format(**self.ids)

    def _states(self) -> list[str]:
        apart = (
            select(Document.kind, func.min(Document.id)).group_by(Document.kind, Document.type, Document.state),
            select(literal("tasks"), func.min(Task.id)).group_by(Task.state),
            select(literal("projects"), Project.id),
            select(literal("subscriptions"), Subscription.id),
        )
        owners = (Document, Task, Project, Subscription)
        return [
            f"/documents/{kind}/{id}"
            for query, model in zip(apart, owners, strict=True)
            for kind, id in db.session.execute(query.where(model.customer_id == "acme"))
        ]
