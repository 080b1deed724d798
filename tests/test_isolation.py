"""Row-level security on PostgreSQL: what a statement without a condition finds."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from portal import isolation
from portal.database import db
from portal.records.search import Term
from tests.house import House


@pytest.fixture
def isolated(postgres, tmp_path_factory):
    """A portal on PostgreSQL, whichever database the other tests run on."""
    house = House(tmp_path_factory.mktemp("isolated"), postgres, name="isolated")
    yield house.app
    isolation.narrow(isolation.EVERY)
    with house.app.app_context():
        db.engine.dispose()


def found() -> set[str]:
    return set(db.session.scalars(text("SELECT DISTINCT customer_id FROM terms")))


class TestIsolation:
    def test_a_statement_without_a_condition_finds_only_the_customer_in_scope(self, isolated):
        with isolated.app_context():
            for scope, customers in (("acme", {"acme"}), ("beta", {"beta"}), (isolation.NONE, set())):
                isolation.narrow(scope)
                assert found() == customers
                db.session.rollback()
            isolation.narrow(isolation.EVERY)
            assert {"acme", "beta", "gamma"} <= found()

    def test_nothing_is_written_for_or_moved_to_another_customer(self, isolated):
        with isolated.app_context():
            isolation.narrow("acme")
            db.session.execute(text("UPDATE terms SET term = 'x' WHERE customer_id = 'beta'"))
            with pytest.raises(ProgrammingError, match="row-level security"):
                db.session.execute(text("UPDATE terms SET customer_id = 'beta' WHERE customer_id = 'acme'"))
            db.session.rollback()
            isolation.narrow(isolation.EVERY)
            assert db.session.query(Term).filter_by(term="x").count() == 0

    def test_the_scope_is_gone_with_its_transaction(self, isolated):
        with isolated.app_context():
            isolation.narrow("acme")
            assert found() == {"acme"}
            db.session.commit()
            isolation.narrow(isolation.NONE)
            assert found() == set()
            isolation.narrow(isolation.EVERY)

    def test_every_table_of_records_is_isolated(self, isolated):
        recognised_by = {
            "customers", "erp_findings", "erp_runs", "events", "files", "jobs", "mails", "sites",
            "subscriptions", "users",
        }  # fmt: skip
        with isolated.app_context():
            owned = {
                table
                for table in inspect(db.engine).get_table_names()
                if "customer_id" in {column["name"] for column in inspect(db.engine).get_columns(table)}
            }
            isolated_tables = set(
                db.session.scalars(text("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relrowsecurity"))
            )
        for_staff_alone = {"setup_leaks"}  # no customer's row: what setup tells of several
        assert owned - recognised_by | for_staff_alone == isolated_tables
