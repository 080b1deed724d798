"""The collections: read in pages, made, changed in the version that was read, under the policy of the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from portal.api import description
from portal.api.collections import COLLECTIONS
from tests.api.client import BASE, Checked

PATHS = [collection.path for collection in COLLECTIONS if collection.is_listed]
STAFF_ALONE = {"contact-groups", "host-groups", "service-groups", "passwords", "roles"}


@pytest.fixture
def by(app: Any) -> Any:
    programs: dict[str, Checked] = {}

    def found(username: str) -> Checked:
        if username not in programs:
            programs[username] = Checked.of(app, username)
        return programs[username]

    return found


def test_the_description_is_one(app):
    with app.test_request_context():
        said = json.loads(json.dumps(description.openapi()))
    validate(said)


class TestReading:
    @pytest.mark.parametrize("path", PATHS)
    def test_staff_read_every_list(self, by, path):
        assert isinstance(by("pat").read(path).json["items"], list)

    @pytest.mark.parametrize("path", PATHS)
    def test_one_is_as_in_the_list(self, by, path):
        for item in by("pat").read(path).json["items"][:2]:
            one = by("pat").read(f"{path}/{item['id']}").json
            assert {name: one[name] for name in item} == item
