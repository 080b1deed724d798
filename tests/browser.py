"""A browser without a screen: WebTest, with every page it opens checked for what all pages promise."""

from __future__ import annotations

import re
from typing import Any

from webtest import TestApp, TestResponse

from tests.cast import PASSWORD


class Browser(TestApp):
    """One person's browser. `status` is asserted on every answer: 200 unless said."""

    def __init__(self, app: Any) -> None:
        super().__init__(app, extra_environ={"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"})

    def sign_in(self, username: str, password: str = PASSWORD) -> Browser:
        """Sign in through the page, as people do."""
        form = self.get("/login").forms["login"]
        form["username"], form["password"] = username, password
        form.submit(status=302)
        return self

    def do_request(self, req: Any, *args: Any, **kwargs: Any) -> TestResponse:
        """Do the request and check the page that came."""
        response = super().do_request(req, *args, **kwargs)
        if response.content_type == "text/html" and response.status_int not in (301, 302, 303, 308):
            check_page(response)
        return response


def check_page(response: TestResponse) -> None:
    """Assert what every page promises: a title, one h1, unique ids, labelled fields, a token in every POST form."""
    page = response.html
    where = f"{response.request.method} {response.request.path}"
    assert page.title is not None, f"{where}: no title"
    assert page.title.text.strip(), f"{where}: an empty title"
    assert len(page.find_all("h1")) == 1, f"{where}: {len(page.find_all('h1'))} h1"
    assert page.html["lang"], f"{where}: no language"
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for label in page.find_all("label", attrs={"for": True}):
        assert label["for"] in ids, f"{where}: a label for nothing: {label['for']}"
    labelled = {label["for"] for label in page.find_all("label", attrs={"for": True})}
    for field in page.find_all(["input", "select", "textarea"]):
        if field.get("type") in ("hidden", "submit", "button"):
            continue
        named = field.get("id") in labelled or field.find_parent("label") or field.get("aria-label")
        assert named or field.get("aria-labelledby"), f"{where}: no label: {field}"
    for form in page.find_all("form"):
        if form.get("method", "get").lower() == "post":
            assert form.find("input", attrs={"name": "csrf_token"}), f"{where}: a form without a token: {form}"
    assert not page.find_all(style=True), f"{where}: inline style"
    assert not page.find_all("script", src=False), f"{where}: inline script"
    assert not re.search(r"\son[a-z]+=", re.sub(r">[^<]*<", "><", response.text)), f"{where}: inline handler"
