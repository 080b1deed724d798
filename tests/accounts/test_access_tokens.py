"""Access tokens: a person's program acts as that person, until the end date."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from portal.accounts.access_tokens import AccessToken
from portal.accounts.sessions import reader_of
from portal.customers.models import Customer
from portal.customers.subscriptions import today
from portal.database import db, now
from portal.errors import Refused
from tests.programs import Program, change, with_token

ACCOUNT = "/api/v1/account"


def test_it_may_do_exactly_what_its_maker_may(app):
    for person in ("ada", "uma", "pat", "gil"):
        account = with_token(app, person).get(ACCOUNT).json
        verbs = change(app, person, lambda user: reader_of(db.session(), user.id).verbs)
        assert (account["username"], set(account["permissions"])) == (person, verbs)


def test_it_ends_on_its_date(app):
    program = with_token(app, "uma")
    program.get(ACCOUNT)
    with time_machine.travel(now() + timedelta(days=2)):
        program.get(ACCOUNT, status=401)


def move(user):
    user.move(db.session.get(Customer, "beta"), by=None)


@pytest.mark.parametrize("act", [lambda user: user.disable(by=None), lambda user: user.delete(by=None), move])
def test_who_is_gone_or_moved_leaves_no_token_behind(app, act):
    program = with_token(app, "uma")
    change(app, "uma", act)
    program.get(ACCOUNT, status=401)


def test_nobody_whose_company_is_archived_gets_in(app):
    program = with_token(app, "uma")
    with app.app_context():
        db.session.get(Customer, "acme").archived_at = now()
        db.session.commit()
    program.get(ACCOUNT, status=401)


@pytest.mark.parametrize(("name", "days"), [("", 3), ("x" * 81, 3), ("ci", -1), ("ci", 366)])
def test_one_that_does_not_hold_is_refused(app, name, days):
    with pytest.raises(Refused):
        change(
            app, "uma",
            lambda user: AccessToken.issue(db.session(), by=user, name=name, ends_on=today() + timedelta(days=days)),
        )  # fmt: skip


def test_wrong_tokens_of_others_at_the_same_address_lock_out_no_right_one(app):
    """A company's programs may share one address: nobody there silences the others, for no token can be guessed."""
    uma = with_token(app, "uma")
    for _try in range(app.config["LOGIN_FAILURES"]):
        Program(app, "Bearer cpt_wrong").get(ACCOUNT, status=401)
    Program(app, "Bearer cpt_wrong").get(ACCOUNT, status=429)
    uma.get(ACCOUNT)
