"""The house of the tests: a portal with the cast in it, put back to its first day whenever asked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import delete

from portal import create_app
from portal.contacts.allocation import recompute
from portal.database import db
from portal.demo import cast, fill
from portal.leases import Job
from portal.web import banners


class House:
    """A portal under test: its folder, its database, and how both are put back; `filled`: with the demo's documents."""

    def __init__(self, folder: Path, server: Any, *, name: str = "portal", filled: bool = False) -> None:
        self.data, self.kept, self.server = folder / "data", folder / "kept", server
        self.resets = 0
        settings: dict[str, Any] = {
            "DATA": self.data, "TESTING": True, "SECRET_KEY": "tests " * 8, "BASE_URL": "http://localhost",
            "TIME_ZONE": "Europe/Berlin", "PROVIDER_NAME": "Nordlicht Software GmbH",
            "BANK_NAME": "Musterbank", "BANK_IBAN": "DE89370400440532013000", "BANK_BIC": "COBADEFF",
            "BANK_HOLDER": "Nordlicht Software GmbH",
        }  # fmt: skip
        if server:
            self.name = f"{name}_{os.getpid()}"
            server.create(self.name)
            settings["DATABASE_URL"] = server.url(self.name)
        self.app = create_app(settings)
        with self.app.app_context():
            upgrade()
            if filled:
                fill(self.app)
            else:
                cast.make(db.session)
            db.session.execute(delete(Job).where(Job.kind == recompute.JOB))  # nobody has hosts yet
            db.session.commit()
            db.session.remove()
            if server:
                db.engine.dispose()
                self.rows = server.keep(self.name)
            else:
                db.engine.dispose()  # closing the last connection folds the write-ahead log in
        shutil.copytree(self.data, self.kept)

    def reset(self) -> None:
        """Put folder and database back to the first day."""
        self.resets += 1
        banners.forget(self.app)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            if self.server:
                self.server.put_back(self.name, self.rows)
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)
