"""Fixtures: a live portal that tests only look at, one that a module may change, and windows into both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.chromium import Visitor, chromium
from tests.e2e.places import Places
from tests.e2e.portal import Portal, copy_beside
from tests.factories.core import Core


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal with the demo, its monitoring cores and one of everything; nobody changes anything in it."""
    with Portal(tmp_path_factory.mktemp("live") / "data", cores=True) as live:
        yield live


@pytest.fixture(scope="session")
def places(portal: Portal) -> Places:
    return Places(portal)


@pytest.fixture(scope="module")
def changeable(portal: Portal, places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy of the portal, with the same records, that the tests of one module may change."""
    with Portal(tmp_path_factory.mktemp("changeable") / "data", like=portal) as live:
        yield live


@pytest.fixture(scope="session")
def hamburg() -> Iterator[Core]:
    """The core of acme's site, to be asked past the portal; it checks nothing by itself."""
    with Core("acme") as running:
        yield running


@pytest.fixture(scope="session")
def acting(portal: Portal, places: Places, hamburg: Core, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy of the portal that the stories about access change, one after the other."""
    with copy_beside(portal, hamburg, tmp_path_factory.mktemp("acting") / "data") as live:
        yield live


@pytest.fixture(scope="module")
def looking(window: Browser, portal: Portal) -> Iterator[Callable[[str], Visitor]]:
    """Give the window of somebody who only looks, the same one throughout a module; `""`: a stranger."""
    windows: dict[str, Visitor] = {}

    def visitor(username: str) -> Visitor:
        if username not in windows:
            windows[username] = Visitor(window, portal.address)
            if username:
                windows[username].sign_in(username)
        return windows[username]

    yield visitor
    for one in windows.values():
        one.close()


@pytest.fixture
def enter(window: Browser, changeable: Portal) -> Iterator[Callable[..., Visitor]]:
    """Open a window on the changeable portal: `enter("ada", scripts=False)`; nothing amiss may be noticed in it."""
    windows: list[Visitor] = []

    def visitor(username: str = "", **wishes: Any) -> Visitor:
        windows.append(Visitor(window, changeable.address, **wishes))
        return windows[-1].sign_in(username) if username else windows[-1]

    yield visitor
    noticed = [what for one in windows for what in one.noticed]
    for one in windows:
        one.close()
    assert noticed == []


@pytest.hookimpl
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever stands here: it drives a real browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
