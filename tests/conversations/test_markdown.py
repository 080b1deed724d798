"""Markdown of strangers: what of it becomes HTML."""

from __future__ import annotations

import pytest

from portal.conversations.text import html


@pytest.mark.parametrize("address", ["//evil.example", "/logout", "logout", "javascript:alert(1)", "data:text/html,x"])
def test_a_link_leads_to_the_web_or_to_a_mailbox_or_nowhere(address: str):
    assert "href" not in html(f"[here]({address})")
    assert 'href="https://checkmk.example/a"' in html("[here](https://checkmk.example/a)")
    assert 'href="mailto:ada@acme.example"' in html("<ada@acme.example>")


def test_no_html_and_no_picture_of_a_writer_stays():
    shown = html("<script>alert(1)</script> ![x](https://evil.example/pixel.png) <b onclick=x>bold</b> **loud**")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b" not in shown
    assert "<strong>loud</strong>" in shown


def test_headings_begin_below_those_of_the_page():
    assert "<h3>" in html("# Big")
