"""Usage: reports are merged by site and moment, as a whole or not at all; a site belongs to who reported it first."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.audit.models import Event
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.errors import Refused
from portal.licensing.credentials import Credential
from portal.licensing.usage import intake as usage
from portal.licensing.usage import reports
from portal.licensing.usage.evaluation import evaluate
from portal.licensing.usage.samples import ReportingSite, Sample
from tests.factories import usage as make

OTHER = uuid.UUID("937495cb-78f7-40d4-9b5f-f2c5a81e66b8")


@pytest.fixture(autouse=True)
def inside(app: Flask):
    with app.test_request_context("/"):
        yield
        db.session.rollback()
        db.session.remove()


def subscription(customer_id: str = "acme", edition: str = "cee") -> Subscription:
    return db.session.scalars(
        select(Subscription).where(Subscription.customer_id == customer_id, Subscription.edition == edition)
    ).one()


def keep(samples: list[dict[str, Any]], *, customer_id: str = "acme", **values: Any) -> usage.Kept:
    return usage.keep(db.session(), subscription(customer_id), make.report(samples, **values), by=None)


def kept() -> dict[tuple[Any, ...], int]:
    rows = db.session.execute(
        select(ReportingSite.instance_id, Sample.sampled_at, Sample.services).join(
            ReportingSite, ReportingSite.id == Sample.site_id
        )
    )
    return {(row.instance_id, row.sampled_at): row.services for row in rows}


def test_a_report_is_kept_and_the_next_one_adds_what_is_new():
    day = today()
    assert keep(make.history(day - timedelta(days=1), [10] * 5)) == usage.Kept(samples=5, new=5)
    second = keep(make.history(day, [10] * 5 + [20]))
    assert (second.samples, second.new, second.known) == (6, 1, 5)
    assert sorted(kept().values()) == [10] * 5 + [20]
    assert keep([]) == usage.Kept(samples=0, new=0)


def test_a_sample_twice_in_a_report_is_known_the_second_time():
    sample = make.sample(today(), 10)
    found = keep([sample, sample])
    assert (found.new, found.known) == (1, 1)


def test_of_two_samples_of_one_moment_the_higher_stays_whichever_came_first():
    day = today()
    keep([make.sample(day, 50)])
    assert keep([make.sample(day, 40)]).new == 0
    assert list(kept().values()) == [50]
    assert keep([make.sample(day, 60), make.sample(day, 55)]).new == 1
    assert list(kept().values()) == [60]


def test_several_sites_are_summed():
    day = today()
    keep(make.history(day, [10] * 3))
    keep(make.history(day, [5] * 2, instance=OTHER, site="second"))
    days = evaluate(db.session(), subscription()).days
    assert [(day.services, day.hosts, day.sites) for day in days] == [(10, 1, 1), (15, 1, 2), (15, 1, 2)]


def test_a_site_of_another_company_is_refused_and_nothing_of_the_report_is_kept():
    day = today()
    keep(make.history(day, [10]), customer_id="beta")
    mine = make.sample(day, 7, instance=OTHER)
    foreign = make.sample(day - timedelta(days=1), 3)
    with pytest.raises(Refused) as caught:
        keep([mine, foreign])
    assert caught.value.field == "report"
    assert caught.value.sentence == (
        "Sample 2, instance_id: this site reports for another company. Nothing was kept."
    )  # fmt: skip
    db.session.commit()
    assert list(kept().values()) == [10]
    assert "beta" not in caught.value.sentence.lower()


def test_a_wrong_report_leaves_nothing():
    with pytest.raises(Refused):
        keep([make.sample(today(), 7), make.sample(today(), 7, instance=OTHER, num_hosts=-1)])
    db.session.commit()
    assert kept() == {}
    assert db.session.scalars(select(ReportingSite)).all() == []


@pytest.mark.parametrize("customer_id", ["gamma"])
def test_a_subscription_that_ended_takes_no_report(customer_id: str):
    with pytest.raises(Refused, match="The subscription ended on .* Usage can be reported only while it runs"):
        usage.keep(db.session(), subscription("gamma", "cce"), make.report([make.sample(today())]), by=None)


def test_old_protocols_tell_sites_apart_by_their_hash_and_customers_never_meet():
    day = today()
    first = make.history(day, [10], protocol="1.3", site="main")
    keep(first, version="1.3")
    keep(make.history(day, [20], protocol="1.3", site="second"), version="1.3")
    keep(first, version="1.3", customer_id="beta")
    assert sorted(kept().values()) == [10, 10, 20]


def test_a_site_that_learns_to_name_its_instance_stays_the_same_site():
    day = today()
    keep(make.history(day - timedelta(days=1), [10] * 3, protocol="1.4"), version="1.4")
    found = keep(make.history(day, [10] * 4))
    assert (found.new, found.known) == (1, 3)
    assert {instance for instance, _moment in kept()} == {make.SITE}
    assert keep(make.history(day, [10] * 4, protocol="1.0"), version="1.0").new == 0


def test_who_reported_is_on_record_and_a_credential_only_when_it_told_something():
    credential, _password = Credential.generate(db.session(), subscription(), label="Hamburg", by=None)
    credential.last_used_from = "192.0.2.7"
    raw = make.report([make.sample(today())])
    for _time in range(2):
        usage.keep(db.session(), subscription(), raw, by=credential)
    events = db.session.scalars(select(Event).where(Event.tag == "usage.reported")).all()
    assert [(event.actor_id, event.data["label"], event.address) for event in events] == [
        (None, "Hamburg", "192.0.2.7")
    ]  # fmt: skip


sites = st.sampled_from([make.SITE, OTHER, uuid.UUID(int=7)])
told = st.tuples(sites, st.integers(0, 30), st.integers(0, 9))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(told, max_size=6), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_reports_come_makes_no_difference(told: list[Any], chance: random.Random):
    found = []
    for order in (told, chance.sample(told, len(told)), [list(reversed(report)) for report in reversed(told)]):
        for report in order:
            keep([
                make.sample(today() - timedelta(days=ago), services, instance=site, site=str(site))
                for site, ago, services in report
            ])  # fmt: skip
        found.append(kept())
        db.session.rollback()
    highest: dict[Any, int] = {}
    for site, ago, services in (sample for report in told for sample in report):
        highest[site, ago] = max(services, highest.get((site, ago), 0))
    assert found[0] == found[1] == found[2]
    assert sorted(found[0].values()) == sorted(highest.values())


def test_the_columns_of_counts_are_those_of_the_table():
    assert set(reports.COLUMNS) <= set(Sample.__table__.columns.keys())


def test_a_company_has_no_end_of_sites_no_more_than_it_has_of_samples(app, monkeypatch):
    monkeypatch.setattr("portal.licensing.usage.intake.MOST_SITES", 2)
    with app.app_context():
        found = db.session.scalars(select(Subscription).where(Subscription.customer_id == "acme")).first()
        samples = [make.sample(today(), instance=uuid.uuid4(), site=f"site{number}") for number in range(3)]
        usage.keep(db.session(), found, make.report(samples[:2]), by=None)
        with pytest.raises(Refused, match="No more than 2 sites"):
            usage.keep(db.session(), found, make.report(samples), by=None)
        assert db.session.query(ReportingSite).count() == 2
        db.session.rollback()
