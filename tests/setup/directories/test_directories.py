"""A real directory's people become accounts and stay in step."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.access.rights import PortalRole
from portal.accounts.users import User, UserState
from portal.contacts import memberships
from portal.database import db
from portal.errors import Refused
from portal.setup import elements
from portal.setup.changes import Change
from portal.setup.users import groups
from tests.factories.directory import BASE
from tests.factories.elements import as_pat

LENA = f"cn=Lena Linden,ou=people,{BASE}"


class TestReading:
    def test_people_become_accounts_of_the_connections_customer(self, company):
        company.connect()
        run = company.read()
        lena = company.user("lena")
        assert (lena.name, lena.email, lena.customer_id) == ("Lena Linden", "lena@directory.example", "acme")
        assert (lena.portal_role, lena.state, lena.password_hash) == (PortalRole.USER, UserState.ACTIVE, None)
        assert (run.found, run.created, run.disabled, run.odd) == (3, 3, 0, 0)

    def test_people_of_the_provider_get_roles_and_no_portal_role(self, company):
        company.connect(customer="provider")
        company.read()
        lena = company.user("lena")
        assert (lena.portal_role, lena.role_ids) == (None, {"user"})

    def test_what_did_not_change_is_not_written(self, company):
        company.connect()
        company.read()
        before = company.user("lena").version
        run = company.read()
        assert (run.created, run.updated) == (0, 0)
        assert company.user("lena").version == before

    def test_name_and_address_follow_the_directory_and_a_renamed_entry_stays_the_same_person(self, company, slapd):
        company.connect()
        company.read()
        before = company.user("lena").id
        slapd.change(LENA, mail="lena.berg@directory.example")
        slapd.rename(LENA, "Lena Berg")
        assert company.read().updated == 1
        lena = company.user("lena")
        assert (lena.id, lena.name, lena.email) == (before, "Lena Berg", "lena.berg@directory.example")

    def test_who_is_gone_is_disabled_and_enabled_once_back(self, company, slapd):
        company.connect(key_attribute="uid")
        company.read()
        slapd.remove(LENA)
        assert company.read().disabled == 1
        assert company.user("lena").state == UserState.DISABLED
        slapd.person("lena", "Lena Linden")
        company.read()
        assert company.user("lena").state == UserState.ACTIVE

    def test_whom_staff_disabled_stays_so(self, company):
        company.connect()
        company.read()
        with company.app.test_request_context():
            db.session.scalar(select(User).where(User.username == "lena")).disable(by=None)
            db.session.commit()
        company.read()
        assert company.user("lena").state == UserState.DISABLED

    def test_what_the_directory_owns_nobody_else_changes(self, company, as_):
        company.connect()
        company.read()
        with company.app.test_request_context():
            lena = db.session.scalar(select(User).where(User.username == "lena"))
            for deed in (lena.rename, lena.change_email):
                with pytest.raises(Refused, match="The directory"):
                    deed("another@directory.example", by=lena)

    def test_an_account_that_is_not_the_directorys_is_never_taken_over(self, company, slapd):
        slapd.person("ada", "Ada From Elsewhere")
        company.connect()
        run = company.read()
        assert company.user("ada").directory_id is None
        assert (run.created, run.odd) == (3, 1)
        assert run.examples == [
            [f"cn=Ada From Elsewhere,ou=people,{BASE}", "This username is already being used by another user."]
        ]

    def test_of_doubles_none_is_taken(self, company, slapd):
        slapd.person("LENA", "Another Lena")
        company.connect()
        run = company.read()
        assert company.user("lena") is None
        assert (run.created, run.odd) == (2, 2)

    def test_entries_no_account_can_be_made_of_are_named_with_the_reason(self, company, slapd):
        slapd.person("no body", "With A Blank")
        slapd.person("wrong", "Wrong Address", mail="nowhere")
        company.connect()
        run = company.read()
        assert sorted(reason for _dn, reason in run.examples) == [
            "“no body” cannot be a username.", "“nowhere” is no e-mail address.",
        ]  # fmt: skip

    def test_a_directory_that_shows_nobody_disables_nobody(self, company):
        company.connect()
        company.read()
        company.change(user_filter="(uid=nobody)")
        run = company.read()
        assert "shows nobody at all" in run.reason
        assert company.user("lena").state == UserState.ACTIVE

    def test_a_large_directory_is_read_in_pages(self, company, slapd):
        with company.app.test_request_context():
            before = db.session.scalar(select(func.count(User.id)))
        for number in range(600):
            slapd.person(f"crowd{number:05}", f"Crowd Number{number:05}")
        company.connect()
        assert company.read().found == 603
        with company.app.test_request_context():
            assert db.session.scalar(select(func.count(User.id))) == before + 603

    def test_a_silent_directory_changes_nothing_and_says_why(self, company, slapd):
        company.connect()
        company.read()
        slapd.stop()
        run = company.read()
        assert run.reason == "No connection to the directory: it does not answer, or its certificate is not trusted."
        assert (run.found, company.user("lena").state) == (3, UserState.ACTIVE)
        assert company.read().failed_at == run.failed_at  # since when, not when last

    def test_a_certificate_nobody_vouches_for_is_not_trusted(self, company):
        company.connect(tls_ca="")
        assert "certificate is not trusted" in company.read().reason

    def test_an_address_in_no_listed_network_is_not_called(self, company):
        company.connect(server="169.254.169.254")
        assert "PORTAL_DIRECTORY_NETWORKS" in company.read().reason

    def test_a_wrong_password_of_the_connection_is_said(self, company):
        company.connect(bind_dn=f"cn=nobody,{BASE}")
        assert company.read().reason == "The directory does not take the bind DN with its password."


class TestGroups:
    def test_groups_give_roles_and_contact_groups(self, company, slapd):
        with as_pat(company.app) as (session, pat):
            elements.create(session, "contact-groups", key="desk", title="Desk", customer="provider", by=pat)
            session.commit()
        operators = slapd.group("operators", LENA)
        company.connect(
            customer="provider", role_groups=[f"{operators} -> guest"], contact_groups=[f"{operators} -> desk"]
        )
        company.read()
        assert company.user("lena").role_ids == {"user", "guest"}
        assert company.user("max").role_ids == {"user"}
        with company.app.test_request_context():
            held = memberships.groups_of(db.session(), company.user("lena").id)
            assert [group.key for group in held] == ["desk"]
        slapd.remove(operators)
        company.read()
        assert company.user("lena").role_ids == {"user"}

    def test_a_contact_group_ends_with_the_group_of_the_directory_and_others_stay(self, company, slapd):
        with as_pat(company.app) as (session, pat):
            for key in ("linux", "windows"):
                elements.create(session, "contact-groups", key=key, title=key, customer="acme", by=pat)
            session.commit()
        linux = slapd.group("linux", LENA)
        company.connect(contact_groups=[f"{linux} -> linux"])
        company.read()
        with company.app.test_request_context():
            lena = db.session.scalar(select(User).where(User.username == "lena"))
            groups.choose(db.session(), lena, {"linux", "windows"}, by=None)
            db.session.commit()
        slapd.remove(linux)
        company.read()
        with company.app.test_request_context():
            held = memberships.groups_of(db.session(), company.user("lena").id)
            assert [group.key for group in held] == ["windows"]

    def test_what_sites_know_of_people_waits_as_a_change_of_their_customer(self, company):
        company.connect()
        company.read()
        with company.app.test_request_context():
            noted = db.session.execute(select(Change.scope, Change.act).where(Change.key == "lena"))
            assert [tuple(row) for row in noted] == [("customer:acme", "created")]
