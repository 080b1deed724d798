"""Settings: from the environment, with defaults that run, and plain words for what does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal import config


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for setting in config.SETTINGS:
        monkeypatch.delenv(f"PORTAL_{setting.name}", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "data"))


def test_without_any_setting_it_runs_on_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    loaded = config.load()
    assert loaded["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path / 'data' / 'portal.db'}"
    assert loaded["BASE_URL"] == "http://127.0.0.1:8000"
    assert loaded["SESSION_COOKIE_NAME"] == "portal"
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_mails_lead_to_the_port_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert config.load()["BASE_URL"] == "http://127.0.0.1:8123"
    monkeypatch.setenv("PORTAL_BASE_URL", "https://portal.example")
    assert config.load()["BASE_URL"] == "https://portal.example"


@pytest.mark.parametrize("variable", ["PORTAL_WEB_THREADS", "PORTAL_PDF_WAIT", "PORT"])
def test_a_setting_that_does_not_hold_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "many")
    with pytest.raises(config.BadSetting, match=f"{variable} does not hold for 'many'"):
        config.load()


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_WEB_THREADS", "")
    assert config.load()["WEB_THREADS"] == 16


def test_the_old_name_of_the_postgresql_scheme_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgres://portal@db/portal")
    assert config.load()["SQLALCHEMY_DATABASE_URI"] == "postgresql://portal@db/portal"


def test_the_key_is_made_once_and_for_one_reader(tmp_path: Path) -> None:
    first, second = config.load(), config.load()
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) == 64
    assert (tmp_path / "data" / "keys" / "secret").stat().st_mode & 0o077 == 0
    assert config.load({"DATA": tmp_path / "other"})["SECRET_KEY"] != first["SECRET_KEY"]
