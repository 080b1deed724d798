"""Versions and file names: what they say, and in which order people count."""

from __future__ import annotations

import random

import pytest

from portal.errors import Refused
from portal.licensing.releases.filenames import PLAIN, Guess, guess, platform_name, signed_name
from portal.licensing.releases.versions import Stability, parse

IN_ORDER = [
    "2.3.0", "2.3.0p40", "2.4.0i1", "2.4.0b1", "2.4.0b2", "2.4.0b10", "2.4.0", "2.4.0p1", "2.4.0p9", "2.4.0p10",
    "2.4.1", "2.5.0i1", "2.5.0b1", "2.10.0", "10.0.0",
]  # fmt: skip


def test_versions_sort_as_people_count():
    mixed = random.Random(7).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=lambda number: parse(number).key) == IN_ORDER


@pytest.mark.parametrize(
    ("number", "line", "stability"),
    [
        ("2.4.0", "2.4", Stability.STABLE),
        ("2.4.0p12", "2.4", Stability.STABLE),
        ("2.5.0b3", "2.5", Stability.BETA),
        ("2.5.0i1", "2.5", Stability.INNOVATION),
        (" 2.10.0 ", "2.10", Stability.STABLE),
    ],
)
def test_what_a_number_says(number, line, stability):
    version = parse(number)
    assert (version.number, version.line, version.stability) == (number.strip(), line, stability)


@pytest.mark.parametrize("number", ["", "2", "2.4", "2.4.0.1", "2.4.0p", "2.4.0x1", "2.4.0p1b1", "٢.4.0", "-1.0.0"])
def test_what_is_no_number(app, number):
    with app.app_context(), pytest.raises(Refused) as refused:
        parse(number)
    assert refused.value.field == "number"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("check-mk-enterprise-2.4.0p5_0.jammy_amd64.deb", Guess("cee", "2.4.0p5", "jammy")),
        ("check-mk-raw-2.4.0p5-el9-38.x86_64.rpm", Guess("cre", "2.4.0p5", "el9")),
        ("check-mk-managed-2.4.0-sles15sp6-38.x86_64.rpm", Guess("cme", "2.4.0", "sles15sp6")),
        ("check-mk-cloud-2.4.0b1-4-x86_64.cma", Guess("cce", "2.4.0b1", "cma")),
        ("check-mk-enterprise-docker-2.4.0p5.tar.gz", Guess("cee", "2.4.0p5", "docker")),
        ("check-mk-raw-2.4.0p5.cre.tar.gz", Guess("cre", "2.4.0p5", "source")),
        ("check-mk-ultimatemt-2.5.0_0.noble_arm64.deb", Guess("cme", "2.5.0", "noble-arm64")),
        ("check-mk-pro-2.5.0i1.zip", Guess("cee", "2.5.0i1", "")),
        ("check-mk-golden-2.4.0_0.jammy_amd64.deb", Guess()),
        ("agent.msi", Guess()),
        ("", Guess()),
    ],
)
def test_what_a_file_name_says(name, expected):
    assert guess(name) == expected


def test_a_signature_is_called_as_its_file():
    assert [signed_name(name) for name in ("a.deb.asc", "a.deb.sig", "a.deb", "asc")] == ["a.deb", "a.deb", "", ""]


def test_a_platform_without_a_name_is_called_by_its_code():
    assert platform_name("plan9") == "plan9"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".deb", "-rf", "a b", "a;b", "a'b", "a$b", "a/b", "a\\b", "a\nb", "a" * 191, "a\u202eb"],
)
def test_names_that_no_command_should_hold(name):
    assert not PLAIN.fullmatch(name)
