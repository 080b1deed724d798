"""A new portal tells all contacts of what is affected, until somebody says otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.customers.elements import Element
from portal.database import db
from portal.setup import elements, first_rule
from portal.setup.forms.notification_rules import NotificationRuleForm
from tests.factories.elements import as_pat


def rules(session):
    return session.scalars(select(Element).where(Element.kind == "notification-rules")).all()


class TestFirstRule:
    def test_a_new_portal_has_it_once(self, app):
        """Seed, 5: "This is handled by a notifications rule which is automatically created for a new instance." """
        with as_pat(app) as (session, _pat):
            assert rules(session) == []
            first_rule.found(session)
            first_rule.found(session)
            [rule] = rules(session)
            assert (rule.key, rule.is_enabled, rule.body["all_contacts"]) == ("all_contacts", True, True)

    def test_it_can_be_edited_like_any_other(self, app, as_):
        with as_pat(app) as (session, _pat):
            first_rule.found(session)
        page = as_("pat").get("/provider/setup/notification-rules/all_contacts/edit")
        before = page.forms["element"].submit(status=302).follow()
        before.mustcontain("Tell all contacts of what is affected")
        with app.app_context():
            [rule] = rules(db.session)
            fields = {field.short_name for field in NotificationRuleForm(formdata=None, meta={"csrf": False})}
            assert set(rule.body) == fields - {"id", "title", "customer", "enabled", "position", "version"}
            assert rule.version == 1

    @pytest.mark.parametrize("deed", [elements.delete, elements.disable])
    def test_whoever_does_without_it_keeps_that(self, app, deed):
        with as_pat(app) as (session, pat):
            first_rule.found(session)
            [rule] = rules(session)
            deed(session, rule, by=pat)
            session.flush()
            first_rule.found(session)
            assert len(rules(session)) == 1
