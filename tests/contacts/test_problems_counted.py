"""Problems in the list of customers: of all that the sweep found, or only of what its reader is a contact for."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.users import User
from portal.contacts.inventory import Sweep
from portal.database import db, now
from tests.factories.contacts import Allocation, group
from tests.factories.sites import connect


def problems(browser):
    row = browser.get("/provider/customers/").html.find("a", string="Acme GmbH").find_parent("tr")
    return row.select_one('[data-label="Problems"]').text.strip()


def test_a_contact_reads_how_many_of_theirs_there_are(app, as_):
    connect(app, "harbour", "acme")
    with app.app_context():
        given = Allocation()
        group("web", "pat")
        given.host("harbour", "web1", "web", state=1)
        given.service("harbour", "web1", "CPU", of_host=("web",), state=2)
        given.host("harbour", "web2", "web")
        given.service("harbour", "web2", "CPU", of_host=("web",), state=2)
        given.service("harbour", "web2", "Disk", of_host=("web",), state=2, is_acknowledged=True)
        given.host("harbour", "db1", state=1)
        db.session.add(Sweep(site_id="harbour", customer_id="acme", finished_at=now(), problems=3, host_problems=2))
        db.session.commit()
        db.session.remove()
    assert problems(as_("pat")) == "2 hosts1 service"
    with app.app_context():
        db.session.scalars(select(User).where(User.username == "pat")).one().sees_only_own = True
        db.session.commit()
        db.session.remove()
    assert problems(as_("pat")) == "1 host1 service"
