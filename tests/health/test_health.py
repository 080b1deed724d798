"""What a supervisor, a load balancer and a monitoring are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.accounts.users import User
from portal.database import db
from portal.health import checks
from portal.jobs import enqueue
from tests.browser import Browser


def test_alive_asks_the_database_nothing(browser: Browser, statements: list[str]) -> None:
    statements.clear()
    assert browser.get("/healthz").text == "alive\n"
    assert statements == []


def test_ready_when_database_migrations_and_disk_are(browser: Browser) -> None:
    assert browser.get("/readyz").json == {"ready": True, "database": True, "migrations": True, "disk": True}


def test_not_ready_before_the_migrations_ran(app: Flask, browser: Browser) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        db.session.commit()
    answer = browser.get("/readyz", status=503).json
    assert answer == {"ready": False, "database": True, "migrations": False, "disk": True}


def test_not_ready_without_a_disk_to_write_to(app: Flask, browser: Browser) -> None:
    files = Path(app.config["DATA"]) / "files"
    files.rename(files.with_name("gone"))
    assert browser.get("/readyz", status=503).json["disk"] is False


def test_not_ready_without_a_database_and_no_word_on_why(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("password of portal@db.internal"))

    monkeypatch.setattr(db.session, "execute", fail)
    monkeypatch.setattr(checks, "present", fail)
    answer = browser.get("/readyz", status=503)
    assert answer.json == {"ready": False, "database": False, "migrations": False, "disk": True}
    assert "internal" not in answer.text


def test_metrics_count_what_waits_and_what_failed(app: Flask, browser: Browser) -> None:
    Browser(app).sign_in("ada")
    with app.app_context():
        before = figures(browser)
        enqueue(db.session, "nothing.at.all")
        db.session.commit()
    after = figures(browser)
    assert after["portal_sessions"] == 1
    assert after["portal_jobs_waiting"] == before["portal_jobs_waiting"] + 1
    assert after["portal_jobs_late"] == before["portal_jobs_late"] + 1
    assert after["portal_jobs_failed"] == after["portal_mails_failed"] == 0


def figures(browser: Browser, **headers: str) -> dict[str, int]:
    answer = browser.get("/metrics", headers=headers)
    assert answer.content_type == "text/plain"
    assert all(re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+ \d+", line) for line in answer.text.splitlines())
    return {name: int(value) for name, value in re.findall(r"^(\w+) (\d+)$", answer.text, re.MULTILINE)}


def test_metrics_are_for_this_machine_or_for_a_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Browser(app)
    elsewhere.extra_environ["REMOTE_ADDR"] = "198.51.100.7"
    elsewhere.get("/metrics", status=404)
    elsewhere.get("/metrics", headers={"Authorization": "Bearer "}, status=404)
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "a long token")
    elsewhere.get("/metrics", headers={"Authorization": "Bearer another"}, status=404)
    assert "portal_sessions" in figures(elsewhere, Authorization="Bearer a long token")


def test_metrics_stay_hidden_from_who_comes_through_a_proxy_on_this_machine(browser: Browser) -> None:
    browser.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}, status=404)


def test_an_own_account_opens_no_metrics(app: Flask) -> None:
    with app.app_context():
        assert db.session.query(User).filter_by(username="pat").one()
    pat = Browser(app).sign_in("pat")
    pat.extra_environ["REMOTE_ADDR"] = "198.51.100.7"
    pat.get("/metrics", status=404)
