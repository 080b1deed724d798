"""An app with empty tables on either database, whatever --database says: jobs rest on what each can lock."""

import os

import pytest
from flask import Flask

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal import config, database, jobs
from portal.database import db


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path, monkeypatch):
    """An app with empty tables on either database, and no handlers but those of the test."""
    monkeypatch.setattr(jobs, "handlers", {})
    monkeypatch.setattr(jobs, "schedules", {})
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        server.create(name := f"jobs_{os.getpid()}")
        url = server.url(name)
    app = Flask(__name__)
    app.config.update(config.load({"DATA": tmp_path, "DATABASE_URL": url}))
    database.init_app(app)
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
