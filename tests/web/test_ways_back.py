"""A page that says no offers the way back to where one was, in this portal only."""

from __future__ import annotations

import pytest

NOWHERE = "/nowhere"
HERE = "http://localhost"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        (f"{HERE}/users/?q=uma", f"{HERE}/users/?q=uma"),
        (f"{HERE}{NOWHERE}", None),
        (f"{HERE}/login", None),
        ("http://elsewhere.example/users/", None),
        ("http://localhost.example/users/", None),
        (r"http://localhost\@elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_an_error_leads_back_to_a_page_of_the_portal_only(as_, came_from, back):
    page = as_("ada").get(NOWHERE, status=404, headers={"Referer": came_from})
    links = {link.text: link["href"] for link in page.html.select(".situation a")}
    assert links.get("Back to where you were") == back
    assert links["Go to the start page"] == "/"
