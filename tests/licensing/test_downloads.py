"""Downloads: what each company finds there, and what it gets."""

from __future__ import annotations

import hashlib
import subprocess
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.customers.subscriptions import Edition, Subscription, today
from portal.database import db
from tests.factories.releases import content, deb, shelf
from tests.licensing.helpers import editions

MSP = "Monitoring that of other organisations requires the MSP edition"


def subscribe(app, customer: str, edition: Edition) -> None:
    with app.app_context():
        Subscription.enter(
            db.session(), customer_id=customer, edition=edition, services=None, support=None,
            starts_on=today() - timedelta(days=10), ends_on=today() + timedelta(days=300), by=None,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()


def end(app, customer: str, days_ago: int) -> None:
    with app.app_context():
        last = today() - timedelta(days=days_ago)
        db.session.execute(
            update(Subscription)
            .where(Subscription.customer_id == customer)
            .values(starts_on=last - timedelta(days=300), ends_on=last)
        )
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("uma", {"Checkmk Cloud", "Checkmk Enterprise", "Checkmk Raw"}),
        ("bob", {"Checkmk Enterprise", "Checkmk Raw"}),
        ("gus", {"Checkmk Raw"}),
    ],
)
def test_a_company_gets_the_editions_it_subscribes_to_and_the_free_one(app, as_, person, expected):
    ids = shelf(app, "2.4.0")
    page = as_(person).get("/downloads/")
    assert editions(page) == expected
    codes = {"Checkmk Cloud": "cce", "Checkmk Enterprise": "cee", "Checkmk MSP": "cme", "Checkmk Raw": "cre"}
    for name, code in codes.items():
        id = ids["2.4.0", code, "jammy"]
        status = 200 if name in expected else 404
        for address in ("", "/sha256", "/signature"):
            as_(person).get(f"/downloads/{id}{address}", status=status)
        assert (f"/downloads/{id}" in page) is (name in expected)


def test_only_gus_is_told_that_no_subscription_runs(app, as_):
    shelf(app, "2.4.0")
    assert "No subscription of Gamma Ltd is running" in as_("gus").get("/downloads/")
    assert "No subscription of" not in as_("bob").get("/downloads/")


def test_an_edition_stays_through_the_days_of_grace_and_no_longer(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    end(app, "beta", 14)
    as_("bob").get(f"/downloads/{id}")
    end(app, "beta", 15)
    as_("bob").get(f"/downloads/{id}", status=404)
    assert editions(as_("bob").get("/downloads/")) == {"Checkmk Raw"}


def test_a_subscription_that_has_not_begun_opens_nothing(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    with app.app_context():
        db.session.execute(
            update(Subscription).values(starts_on=today() + timedelta(days=1), ends_on=today() + timedelta(days=99))
        )
        db.session.commit()
        db.session.remove()
    as_("bob").get(f"/downloads/{id}", status=404)


def test_without_the_right_there_are_no_downloads(app, as_):
    id = shelf(app, "2.4.0")["2.4.0", "cre", "jammy"]
    for person in ("ugo", "abe", "ben", "pat"):
        for address in ("", "history/", id, f"{id}/sha256", f"{id}/signature"):
            as_(person).get(f"/downloads/{address}", status=404)
        assert "/downloads/" not in as_(person).get("/", status="*").maybe_follow()


def test_all_but_the_managed_services_edition_say_what_they_are_not_for(app, as_):
    subscribe(app, "acme", Edition.MSP)
    shelf(app, "2.4.0")
    page = as_("uma").get("/downloads/?version=2.4")
    said = {part.h3.text: MSP in part.text for part in page.html.select("details.release .edition")}
    assert said == {"Checkmk MSP": False, "Checkmk Cloud": True, "Checkmk Enterprise": True, "Checkmk Raw": True}
    assert MSP not in as_("uma").get("/downloads/").html.select_one(".best").text
    assert MSP in as_("bob").get("/downloads/").html.select_one(".best").text


def test_the_file_comes_as_it_was_published(app, as_):
    name = deb("2.4.0", "cee")
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    answer = as_("bob").get(f"/downloads/{id}")
    assert answer.body == content(name)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.content_type == "application/octet-stream"
    assert hashlib.sha256(answer.body).hexdigest() in as_("bob").get("/downloads/")
    assert as_("bob").get(f"/downloads/{id}/signature").body == b"signed"


def test_the_checksum_file_is_one_that_sha256sum_reads(app, as_, tmp_path):
    id = shelf(app, "2.4.0")["2.4.0", "cee", "jammy"]
    answer = as_("bob").get(f"/downloads/{id}/sha256")
    assert answer.headers["Content-Disposition"].endswith(".deb.sha256")
    (tmp_path / "sums").write_bytes(answer.body)
    (tmp_path / deb("2.4.0", "cee")).write_bytes(as_("bob").get(f"/downloads/{id}").body)
    subprocess.run(["sha256sum", "-c", "sums"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / deb("2.4.0", "cee")).write_bytes(b"something else")
    assert subprocess.run(["sha256sum", "-c", "sums"], cwd=tmp_path, capture_output=True).returncode == 1


def test_a_package_without_a_signature_offers_none(app, as_):
    id = shelf(app, "2.4.0", signature=None)["2.4.0", "cee", "jammy"]
    assert "/signature" not in as_("bob").get("/downloads/")
    as_("bob").get(f"/downloads/{id}/signature", status=404)


def test_what_does_not_exist_and_what_is_a_draft_are_the_same(app, as_):
    id = shelf(app, "2.4.0", published=False)["2.4.0", "cre", "jammy"]
    for address in (id, str(uuid.uuid4()), "none", f"{id}/x", "../portal.db"):
        as_("bob").get(f"/downloads/{address}", status=404)
    assert "No releases yet" in as_("bob").get("/downloads/")
