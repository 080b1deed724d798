"""A property-based tester (schemathesis) asks every address for everything: no server error, no answer undescribed."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import programs
from tests.access.addresses import fill

CAST = ("pat", "ada", "alan", "abe", "uma", "ugo", "bea", "ben", "bob", "gus", "gil", "automation")
EXAMPLES = int(os.environ.get("ATTACK", "0"))
"""How many requests of each sort each address gets from each of them; `make attack` says so. Usually one, and from all
but the first of them a part of the addresses only.
"""
PARTS = 8
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
)  # fmt: skip


def header(app: Any, who: str) -> str:
    if who == "automation":
        return programs.basic(who, programs.machine(app))
    return str(programs.with_token(app, who).extra_environ["HTTP_AUTHORIZATION"])


@pytest.mark.parametrize("who", CAST)
def test_nothing_falls_over_and_nothing_is_undescribed(app, who):
    fill(app)
    authorization = header(app, who)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    every = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in every if "text/x-" not in str(one.definition.raw)]  # the tester leaves files open
    assert len(operations) > 60
    number = CAST.index(who)
    for operation in operations if EXAMPLES or not number else operations[number % PARTS :: PARTS]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            attack(operation, mode, authorization)


def attack(operation: Any, mode: GenerationMode, authorization: str) -> None:
    """Send requests to one address, as described or not as described, the same ones in every run."""

    @seed(5)
    @settings(
        max_examples=EXAMPLES or 1, database=None, deadline=None, verbosity=Verbosity.quiet, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call(headers={"Authorization": authorization, "Accept-Encoding": "identity"})
        case.validate_response(response, checks=CHECKS)

    with suppress(Unsatisfiable):  # an address without anything to say is said nothing wrong
        ask()
