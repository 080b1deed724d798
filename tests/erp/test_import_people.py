"""Companies become customers, portal users become users; what the portal owns, no import takes back."""

import pytest

from portal.accounts.users import User
from portal.audit.models import Event
from portal.customers.models import Customer
from portal.customers.origins import Origin
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.erp.importer.naming import slug
from tests.erp.exports import BLUE, RED, ROB

RED_ID = "red-groesse-gmbh-co-kg"


def one(rows, model, **values):
    (found,) = rows(model, **values)
    return found


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Red Größe GmbH & Co. KG", "red-groesse-gmbh-co-kg"),
        ("Ærø Łódź Çelik", "aeroe-lodz-celik"),
        ("3M Österreich", "_3m-oesterreich"),
        ("北京", "customer"),
        ("  --  ", "customer"),
        ("ＦＵＬＬ　ＷＩＤＴＨ", "full-width"),
        ("x" * 200, "x" * 64),
    ],
)
def test_a_name_makes_an_id(name, id):
    assert slug(name) == id


def test_ids_are_unique_never_reserved_and_kept_for_good(app, export, rows):
    export.company(30, "Acme")
    export.company(31, "ACME!")
    export.company(32, "New")
    export.company(33, "Provider")
    export.run(app)
    ids = {row.source_id: row.id for row in rows(Customer) if row.source_id}
    assert [ids[key] for key in ("30", "31", "32", "33")] == ["acme-2", "acme-3", "new-2", "provider-2"]
    export.company(30, "Something else")
    export.run(app)
    renamed = one(rows, Customer, id="acme-2")
    assert (renamed.name, renamed.name_key) == ("Something else", "something else")


def test_company_data_are_the_erps(app, export, rows):
    export.company(RED, "Red", street="Weg 1", city="Köln", zip="50667", country_id=[1, "Germany"], mobile="0221")
    export.run(app)
    with app.app_context():
        db.session.get(Customer, "red").change(db.session, by=None, city="Bonn")
        db.session.commit()
    export.run(app)
    red = one(rows, Customer, id="red")
    assert (red.street, red.city, red.zip, red.country, red.phone) == ("Weg 1", "Köln", "50667", "DE", "0221")
    assert [event.tag for event in rows(Event, customer_id="red")][0] == "customer.created"


def test_a_customer_with_the_reference_is_met_whatever_its_name(app, export, rows):
    with app.app_context():
        db.session.add(Origin(id="own-soehne", company="Own & Söhne", address="elsewhere"))
        beta = db.session.get(Customer, "beta")
        beta.source, beta.source_model, beta.source_id = "own-soehne", "res.partner", str(BLUE)
        db.session.commit()
    export.document("sale.order", 1, BLUE)
    export.run(app)
    assert one(rows, Customer, id="beta").name == "Blue"
    assert not rows(Customer, id="blue")


def test_a_namesake_without_a_reference_is_left_alone_and_reported(app, export, rows, findings):
    export.company(30, "Acme GmbH")
    run = export.run(app)
    assert one(rows, Customer, source_id="30").id == "acme-gmbh"
    assert "There was a customer acme of this name" in " ".join(findings(run))


def test_overlong_company_data_are_cut_and_reported(app, export, rows, findings):
    export.company(RED, "R" * 300, zip="Z" * 50)
    run = export.run(app)
    red = one(rows, Customer, source_id=str(RED))
    assert (len(red.name), len(red.zip), len(red.id)) == (200, 40, 56)
    assert len(findings(run)) == 2


def test_the_same_export_in_another_place_is_the_same_erp(app, export, rows, tmp_path):
    export.document("sale.order", 1, RED)
    export.run(app)
    export.path = tmp_path / "copy"
    run = export.run(app)
    assert run.counts["sale.order"]["unchanged"] == 1
    assert one(rows, Origin).address == str(tmp_path / "copy")


def test_another_companys_erp_stands_beside(app, export, rows, tmp_path):
    export.document("sale.order", 1, RED)
    export.run(app)
    export.add("res.company", 1, name="Another vendor")
    export.path = tmp_path / "other"
    export.run(app)
    assert len(rows(Origin)) == 2
    assert one(rows, Customer, id="provider").name == "Own & Söhne"
    assert len(rows(Customer, name="Blue")) == 2


def test_a_customer_whose_partner_vanished_is_archived_unless_it_has_subscriptions(app, export, rows, findings):
    export.run(app)
    with app.app_context():
        Subscription.enter(
            db.session, customer_id="blue", edition="cce", services=None, support=None, starts_on=today(),
            ends_on=today(), by=None,
        )  # fmt: skip
        db.session.commit()
    kept = export.models["res.partner"].copy()
    for key in (RED, ROB, BLUE):
        export.drop("res.partner", key)
    run = export.run(app)
    assert one(rows, Customer, id=RED_ID).archived_at
    assert not one(rows, Customer, id="blue").archived_at
    assert len(findings(run)) == 2
    export.models["res.partner"] = kept
    export.run(app)
    assert not one(rows, Customer, id=RED_ID).archived_at


def people(export):
    export.contact(12, RED, "Ria", email="ria@red.example")
    export.add("res.users", 8, login="ria", name="Ria Rot", partner_id=[12, "Ria"])
    export.add("res.users", 5, login="rob", name="Rob Rot", partner_id=[ROB, "Rob"])
    export.add("res.users", 2, login="hanna", name="Hanna", share=False, partner_id=[1, "Own"])
    export.add("res.users", 9, login="left", name="Left", active=False, partner_id=[12, "Ria"])


def test_portal_users_become_users_the_lowest_id_super_user(app, export, rows):
    people(export)
    run = export.run(app)
    rob, ria = one(rows, User, username="rob"), one(rows, User, username="ria")
    assert (rob.portal_role, ria.portal_role) == ("super_user", "user")
    assert (rob.customer_id, rob.name, rob.email) == (RED_ID, "Rob Rot", "rob@red.example")
    assert (rob.language, rob.time_zone) == ("de", "Europe/Berlin")
    assert rob.state == "invited"
    assert (rob.rights, rob.password_hash, rob.invited_at) == (frozenset(), None, None)
    assert run.counts["res.users"]["hidden"] == {"inactive": 1, "internal": 1}
    export.contact(13, RED, "First")
    export.add("res.users", 1, login="first", name="First", partner_id=[13, "First"])
    export.run(app)
    assert one(rows, User, username="first").portal_role == "user"


def test_what_the_portal_set_stays(app, export, rows):
    people(export)
    export.run(app)
    with app.app_context():
        ria = db.session.query(User).filter_by(username="ria").one()
        ria.password_hash, ria.language = "x", "en"
        ria.give_role("admin", by=None)
        ria.change_email("ria@home.example", by=None)
        ria.disable(by=None)
        db.session.commit()
    export.add("res.users", 8, name="Ria Neu", lang="de_DE")
    export.contact(12, RED, "Ria", email="ria.neu@red.example")
    export.run(app)
    ria = one(rows, User, username="ria")
    assert (ria.name, ria.email, ria.portal_role, ria.language) == ("Ria Neu", "ria@home.example", "admin", "en")
    assert ria.disabled_at


def test_an_address_nobody_ever_used_follows_the_erp(app, export, rows):
    people(export)
    export.run(app)
    export.contact(12, RED, "Ria", email="ria.neu@red.example")
    export.run(app)
    assert one(rows, User, username="ria").email == "ria.neu@red.example"


def test_who_vanished_is_disabled_once_and_reported(app, export, rows, findings):
    people(export)
    export.run(app)
    export.drop("res.users", 5)
    export.add("res.users", 8, active=False)
    run = export.run(app)
    assert one(rows, User, username="rob").disabled_at
    assert one(rows, User, username="rob").portal_role == "super_user"
    assert one(rows, User, username="ria").disabled_at
    assert [finding for finding in findings(run) if "super user Rob Rot is gone" in finding]
    with app.app_context():
        db.session.query(User).filter_by(username="rob").one().enable(by=None)
        db.session.commit()
    again = export.run(app)
    assert not one(rows, User, username="rob").disabled_at
    assert findings(again) == []
    export.add("res.users", 8, active=True)
    assert "back in the ERP" in " ".join(findings(export.run(app)))
    assert one(rows, User, username="ria").disabled_at


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e.add("res.users", 8, login="ada"), "this username already"),
        (lambda e: e.contact(12, RED, "Ria", email="ROB@red.example"), "e-mail address already"),
        (lambda e: e.add("res.users", 8, login=False), "login"),
        (lambda e: e.add("res.users", 8, partner_id=[99, "?"]), "The partner 99"),
    ],
)
def test_an_account_that_cannot_be_is_reported(app, export, rows, findings, change, said):
    people(export)
    change(export)
    run = export.run(app)
    assert said in " ".join(findings(run))
    assert not rows(User, source_id="8")
    assert rows(User, source_id="5")


def test_a_deleted_user_stays_deleted(app, export, rows):
    people(export)
    export.run(app)
    with app.app_context():
        db.session.query(User).filter_by(username="ria").one().delete(by=None)
        db.session.commit()
    run = export.run(app)
    assert one(rows, User, source_id="8").archived_at
    assert run.counts["res.users"]["hidden"]["deleted_here"] == 1


def test_somebody_who_moved_in_the_erp_is_reported_not_moved(app, export, rows, findings):
    people(export)
    export.run(app)
    export.contact(12, BLUE, "Ria", email="ria@red.example")
    assert "they belong to blue" in " ".join(findings(export.run(app)))
    assert one(rows, User, username="ria").customer_id == RED_ID


def test_a_bad_address_is_left_out(app, export, rows, findings):
    people(export)
    export.contact(12, RED, "Ria", email="ria@red.example, boss@red.example")
    run = export.run(app)
    assert one(rows, User, username="ria").email == ""
    assert "no e-mail address" in " ".join(findings(run))
