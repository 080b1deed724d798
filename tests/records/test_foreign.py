"""Foreign text: what the ERP calls HTML comes out as a few harmless tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.records.foreign import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("<p><br></p>", ""),
        ("<p>&nbsp;</p>", ""),
        ("two\nlines & more", '<p class="plain">two\nlines &amp; more</p>'),
        ("AT&amp;T", '<p class="plain">AT&amp;T</p>'),
        ("<h1>Title</h1>text", "<p>Title</p>text"),
        ("<p onclick='x()' style='color:red' class='o'>text</p>", "<p>text</p>"),
        ("<script>alert(1)</script>after", "after"),
        ("<img src=x onerror=alert(1)>after", "after"),
        ("<a href='javascript:alert(1)'>go</a>", '<a rel="noopener noreferrer nofollow">go</a>'),
        ("<a href='/users/'>go</a>", '<a rel="noopener noreferrer nofollow">go</a>'),
        ("<a href='//evil.example/'>go</a>", '<a rel="noopener noreferrer nofollow">go</a>'),
        (
            "<a href='https://a.example/' target=_blank>go</a>",
            '<a href="https://a.example/" rel="noopener noreferrer nofollow">go</a>',
        ),
        ("<ul><li>one</ul>", "<ul><li>one</li></ul>"),
        ("<form action='/logout' method=post><button>go</button></form>", "go"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>", ""),
    ],
)
def test_says(text: str, shown: str):
    assert clean(text) == Markup(shown)


@given(st.text(alphabet=st.sampled_from("<>\"'=/&; ahrefjsoncritplbmgx:1\n"), max_size=60))
def test_never_lets_through_an_attribute_but_a_link(text: str):
    shown = str(clean(text)).lower()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:" not in shown.replace("&", "") or "<a href" not in shown
