"""Parts of files are the bytes that were asked for, and a known file is not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from portal import config, storage
from portal.config import BadSetting
from portal.customers.models import Customer
from portal.database import db

SMALL = bytes(range(256)) * 4
LARGE = b"".join(number.to_bytes(4, "big") for number in range(400_000))


class Store:
    """Two files, a small one and one that is streamed, at addresses of their own."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.app = Flask(__name__)
        self.app.config.update(config.load({"DATA": folder, "DATABASE_URL": "", **more}))
        Babel(self.app)
        db.init_app(self.app)
        with self.app.app_context():
            for table in (Customer.__table__, storage.File.__table__):
                table.create(db.engine)
            self.files = {"small": self._keep(SMALL), "large": self._keep(LARGE), "empty": self._keep(b"")}
            db.session.commit()
        self.app.add_url_rule("/<name>", view_func=lambda name: storage.answer(self.files[name], keepable=True))
        self.client = Client(self.app)

    def _keep(self, content: bytes) -> storage.File:
        return storage.save(
            db.session, BytesIO(content), name="x.bin", purpose="test", customer_id=None, by_id=None, limit=len(LARGE)
        )

    def get(self, name: str, **headers: str) -> TestResponse:
        return self.ask(name, {k.replace("_", "-"): v for k, v in headers.items()})

    def ask(self, name: str, headers: dict[str, str], method: str = "GET") -> TestResponse:
        return self.client.open(f"/{name}", method=method, headers=headers, buffered=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"))
    yield store
    with store.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("name", "content"), [("small", SMALL), ("large", LARGE)])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_part_is_the_bytes_asked_for(store: Store, name: str, content: bytes, data: st.DataObject) -> None:
    size = len(content)
    number = st.integers(0, size + 3)
    start = data.draw(st.none() | number)
    stop = data.draw(number if start is None else st.none() | number)
    answer = store.get(name, Range=f"bytes={'' if start is None else start}-{'' if stop is None else stop}")
    if start is None:
        first, behind = max(0, size - stop), size
        sense = stop > 0
    else:
        first, behind = start, size if stop is None else min(stop + 1, size)
        sense = stop is None or stop >= start
    if not sense:
        assert (answer.status_code, answer.get_data()) == (200, content)
    elif first >= size:
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
        assert answer.get_data() == b""
    else:
        assert (answer.status_code, answer.get_data()) == (206, content[first:behind])
        assert answer.headers["Content-Range"] == f"bytes {first}-{behind - 1}/{size}"
        assert answer.content_length == behind - first


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(1, len(LARGE) - 1), max_size=5, unique=True))
def test_a_download_that_broke_off_resumes_to_the_same_file(store: Store, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(LARGE)]
    etag = store.get("large").headers["ETag"]
    parts = [
        store.get("large", Range=f"bytes={a}-{b - 1}", If_Range=etag).get_data()
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    assert b"".join(parts) == LARGE


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes", "bytes=", "bytes=--1", "bytes=9" + "9" * 5000 + "-"]
)
def test_what_is_no_single_range_of_bytes_is_answered_with_the_whole(store: Store, asked: str) -> None:
    answer = store.get("large", Range=asked)
    assert (answer.status_code, len(answer.get_data())) == (200, len(LARGE))


@pytest.mark.parametrize("name", ["small", "large"])
def test_a_known_file_is_not_sent_again(store: Store, name: str) -> None:
    first = store.get(name)
    assert first.headers["ETag"] == f'"{store.files[name].sha256}"'
    assert first.headers["Accept-Ranges"] == "bytes"
    assert first.headers["Cache-Control"] == "private, no-cache"
    for known in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        for more in ({}, {"Range": "bytes=0-1"}):
            again = store.ask(name, {**known, **more})
            assert (again.status_code, again.get_data()) == (304, b"")
    other = store.get(name, If_None_Match='"another"')
    assert (other.status_code, other.get_data()) == (200, first.get_data())


@pytest.mark.parametrize("name", ["small", "large"])
def test_who_knows_another_file_gets_the_whole_instead_of_a_part(store: Store, name: str) -> None:
    first = store.get(name)
    for mine in (first.headers["ETag"], first.headers["Last-Modified"]):
        assert store.get(name, Range="bytes=1-2", If_Range=mine).status_code == 206
    for other in ('"another"', "W/" + first.headers["ETag"], "Sat, 01 Jan 2000 00:00:00 GMT"):
        whole = store.get(name, Range="bytes=1-2", If_Range=other)
        assert (whole.status_code, whole.get_data()) == (200, first.get_data())
    assert store.get(name, If_Match='"another"').status_code == 412
    assert store.get(name, If_Match='"another"').get_data() == b""


def test_the_head_alone_says_the_length_and_takes_no_range(store: Store) -> None:
    answer = store.ask("large", {"Range": "bytes=0-1"}, method="HEAD")
    assert (answer.status_code, answer.content_length, answer.get_data()) == (200, len(LARGE), b"")


def test_an_empty_file_has_no_parts(store: Store) -> None:
    answer = store.get("empty", Range="bytes=0-")
    assert (answer.status_code, answer.get_data()) == (200, b"")


@pytest.mark.parametrize(("setting", "header"), [("X-Accel-Redirect:/files", "X-Accel-Redirect"), ("X-Sendfile",) * 2])
def test_a_front_server_that_sends_files_is_told_which(tmp_path: Path, setting: str, header: str) -> None:
    store = Store(tmp_path, SEND_FILES=setting)
    file = store.files["large"]
    answer = store.get("large", Range="bytes=1-2")
    with store.app.app_context():
        place = f"/files/{file.key[:2]}/{file.key}" if ":" in setting else str(file.path)
        db.engine.dispose()
    assert (answer.status_code, answer.headers[header], answer.get_data()) == (200, place, b"")
    assert answer.headers["Content-Disposition"] == "attachment; filename=x.bin"
    assert store.get("small").get_data() == SMALL
    assert header not in store.get("small").headers


@pytest.mark.parametrize("setting", ["X-Accel-Redirect", "X-Accel-Redirect:files", "nginx", "X-Sendfile:/files", "/"])
def test_a_front_server_nobody_knows_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("PORTAL_SEND_FILES", setting)
    with pytest.raises(BadSetting, match="X-Accel-Redirect:/files"):
        config.load()
