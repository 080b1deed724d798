"""What holds for every address and every template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.access.guard import access_of
from portal.web.failures import SPECIAL

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
TEXT_IN_ADDRESSES = {
    "customer_id", "site_id", "fingerprint", "token", "slug", "key", "filename", "attribute_id", "role_id", "subject",
}  # fmt: skip
"""What stands in an address and is no UUID: fixed IDs, secrets, fingerprints, names of kinds and of files."""
TEXT_FOR_PROGRAMS = {"id", "site", "host"}
"""The same, as the API's description spells them; an `id` there that is a UUID says so."""


def names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def pages() -> list[str]:
    return [name for name in names() if not name.startswith(("mail/", "print/"))]


def test_every_address_declares_who_may_open_it(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if not access_of(app, rule.endpoint)} == set()
    assert "REFUSES" not in app.test_cli_runner().invoke(args=["access"]).output


def test_every_id_in_an_address_is_typed(app: Flask) -> None:
    untyped = {
        rule.rule: name
        for rule in app.url_map.iter_rules()
        for name in re.findall(r"<(\w+)>", rule.rule)
        if name not in TEXT_IN_ADDRESSES | (TEXT_FOR_PROGRAMS if rule.rule.startswith("/api/") else set())
    }
    assert untyped == {}


def test_a_get_has_no_address_of_a_deed(app: Flask) -> None:
    """State changes are resources of their own: nothing is both shown and done at an address ending in -ment, -tion."""
    both = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if re.search(r"(disablement|enablement|deletion|cancellation|withdrawal|approval|refusal)$", rule.rule)
        and "GET" in (rule.methods or ())
    ]
    assert both == []


@pytest.mark.parametrize("name", names())
def test_a_template_parses(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name)


def test_every_template_is_used() -> None:
    code = "\n".join(path.read_text() for path in sorted((ROOT / "portal").rglob("*.py")))
    composed = [
        re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(name)))
        for name in re.findall(r'f"([^"\n]*{[^"\n]*}[^"\n]*\.html)"', code)
        if not name.startswith("mail/")
    ]
    markup = {name: (TEMPLATES / name).read_text() for name in names()}
    unused = [
        name
        for name in markup
        if f'"{name}"' not in code
        and not any(f'"{name}"' in text for other, text in markup.items() if other != name)
        and not any(pattern.fullmatch(name) for pattern in composed)
        and not is_mail(name, code)
    ]
    assert unused == []


def is_mail(name: str, code: str) -> bool:
    """Tell whether a mail of this name is sent: `send(…, template="name")` renders name.txt and name.html."""
    return name.startswith("mail/") and f'"{Path(name).stem}"' in code


def test_every_kind_of_failure_has_its_page() -> None:
    there = {name for name in names() if re.fullmatch(r"errors/\d+\.html", name)}
    assert there == {f"errors/{status}.html" for status in SPECIAL}


def test_a_mail_comes_as_text_and_as_html() -> None:
    mails = [name for name in names() if name.startswith("mail/") and "layout" not in name and "spans" not in name]
    stems = {Path(name).stem for name in mails}
    assert {f"mail/{stem}{ending}" for stem in stems for ending in (".txt", ".html")} == set(mails)


FORBIDDEN = {
    "unescaped text": r"(?<![\"'\s])\s*\|\s*safe\b|autoescape\s+false",  # a literal of the template's own may be
    "an inline style": r"<style|\sstyle\s*=",
    "an inline handler": r"<[^>]*\son[a-z]+\s*=",
    "an inline script": r"<script(?![^>]*\bsrc=)|javascript:",
    "something from elsewhere": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


def offences(templates: list[str], *exempt: str) -> Iterator[str]:
    for name in templates:
        text = re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text(), flags=re.DOTALL)
        yield from (
            f"{name}: {what}" for what, rule in FORBIDDEN.items() if what not in exempt and re.search(rule, text)
        )


def test_no_page_holds_what_the_content_policy_forbids() -> None:
    assert list(offences(pages())) == []


def test_mail_and_print_escape_what_they_show() -> None:
    assert list(offences([name for name in names() if name not in pages()], "an inline style")) == []


def test_every_form_that_changes_something_carries_a_token() -> None:
    bare = []
    for name in pages():
        text = (TEMPLATES / name).read_text()
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE):
            if "csrf" not in form and not re.search(r"{%\s*include|caller\(\)", form):
                bare.append(name)
    assert bare == []
