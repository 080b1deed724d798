"""Fixtures of the import's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import db
from portal.erp.models import ErpFinding
from tests.erp.exports import Export


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """A small export of a company with two customers and nothing sold yet."""
    return Export(tmp_path / "export")


@pytest.fixture
def rows(app: Flask) -> Callable[..., list[Any]]:
    """Return the rows of a model, as objects that are kept."""

    def found(model: Any, **values: Any) -> list[Any]:
        with app.app_context():
            return list(db.session.scalars(select(model).filter_by(**values)))

    return found


@pytest.fixture
def findings(app: Flask) -> Callable[[Any], list[str]]:
    """Return the findings of a run, each as one line."""

    def found(run: Any) -> list[str]:
        with app.app_context():
            query = select(ErpFinding).where(ErpFinding.run_id == run.id).order_by(ErpFinding.number)
            return [f"{f.file}:{f.line} {f.record} [{f.customer_id}] {f.sentence}" for f in db.session.scalars(query)]

    return found
