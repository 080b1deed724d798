"""What in a text counts as a name or an address."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.setup.leaks import words


def mails(text):
    """Return the addresses found in a text."""
    return [text[start:end] for start, end in words.addresses(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to bea@beta.example.", ["bea@beta.example"]),
        ("<bea@beta.example>, “gus@gamma.example”", ["bea@beta.example", "gus@gamma.example"]),
        ("jürgen.groß@münchen.example", ["jürgen.groß@münchen.example"]),
        ("ops+night@beta.example:25", ["ops+night@beta.example"]),
        ("mailto:bea@beta.example?subject=x", ["bea@beta.example"]),
        ("web@1 and @home and a@b and me@", []),
        ("a@b.example@c.example", ["a@b.example"]),
        ("(bea@beta.example)", ["bea@beta.example"]),
    ],
)
def test_addresses_are_found_wherever_they_stand(text, found):
    assert mails(text) == found


@pytest.mark.parametrize(
    ("text", "name", "is_found"),
    [
        ("reboot web-01 now", "web-01", True),
        ("(web-01), then", "web-01", True),
        ("^web-01$|db", "web-01", True),
        (r"web\-01\.beta\.example", "web-01.beta.example", True),
        ("web-01.beta.example", "web-01", True),
        ("WEB-01.", "web-01", True),
        ("web-01-old", "web-01", False),
        ("myweb-01", "web-01", False),
        ("web-011", "web-01", False),
        ("the Größe7 rack", "grösse7", True),
        ("mail the server team", "mail", False),
        ("version 17", "17", False),
    ],
)
def test_names_are_whole_words(text, name, is_found):
    assert (name in words.hosts(text)) is is_found


def test_services_have_several_words_that_are_not_all_mere_letters():
    found = words.services("check (Filesystem /srv/acme) and CPU load, Oracle PROD7")
    assert {"Filesystem /srv/acme", "Oracle PROD7", "/srv/acme"} <= found
    assert not found & {"CPU load", "load", "PROD7"}


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("Acme GmbH", ("acme",)),
        ("Beta Maschinenbau AG & Co. KG", ("beta", "maschinenbau")),
        ("IT GmbH", ("it", "gmbh")),
        ("Müller & Söhne OHG", ("müller", "söhne")),
    ],
)
def test_a_company_is_known_without_its_legal_form(name, telling):
    assert words.name_tokens(name) == telling


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000, "a." * 25_000, "-" * 50_000, "@" * 50_000, "a@" * 25_000, "x y " * 12_500, ("." * 99 + "\n") * 500],
)
def test_no_text_takes_long(text):
    begin = time.perf_counter()
    list(words.addresses(text)), words.hosts(text), words.services(text), words.tokens(text)
    assert time.perf_counter() - begin < 2


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    body = words.normal(text)
    spans = list(words.addresses(body))
    assert all(start < end and "@" in body[start:end] for start, end in spans)
    assert [end for _start, end in spans[:-1]] <= [start for start, _end in spans[1:]]
    words.hosts(words.without(body, spans)), words.services(body), words.tokens(body)
