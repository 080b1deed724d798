"""Many decide at the same moment, in real parallel transactions: one super user comes of it, the others are told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.rights import PortalRole
from portal.accounts.hand_over import OldBecomes
from portal.accounts.requests import SuperUserRequest
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from tests.conftest import House


@pytest.fixture(scope="module")
def on_postgresql(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A portal on PostgreSQL, whatever the other tests run on."""
    if request.config.getoption("--database") == "postgresql":
        yield request.getfixturevalue("house")
        return
    house = House(tmp_path_factory.mktemp("parallel"), request.getfixturevalue("postgres"))
    yield house
    with house.app.app_context():
        db.engine.dispose()


def raise_request(app: Any) -> Any:
    """Let alan ask for uma; return the request's id."""
    with app.test_request_context():
        session = db.session()
        alan, uma = (session.scalar(select(User).where(User.username == name)) for name in ("alan", "uma"))
        wish = SuperUserRequest.raise_(
            session, customer=session.get_one(Customer, "acme"), nominee=uma, reason="So be it", by=alan
        )
        session.commit()
        db.session.remove()
    return wish.id


def at_once(app: Any, acts: list[Any]) -> Counter[Any]:
    """Run every act in a thread and transaction of its own, all from the same moment; count the answers' statuses."""
    start, answers = threading.Barrier(len(acts)), []
    handlers = app.error_handler_spec[None][None]

    def run(act: Any) -> None:
        with app.test_request_context():
            start.wait()
            try:
                act(db.session())
                db.session.commit()
                answers.append("done")
            except Exception as error:
                handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
                answers.append(handler(error).status_code if handler else repr(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(answers)


def approve(id: Any, becomes: OldBecomes) -> Any:
    def act(session: Any) -> None:
        pat = session.scalar(select(User).where(User.username == "pat"))
        session.get_one(SuperUserRequest, id).approve(session, old_becomes=becomes, by=pat)

    return act


def disable(username: str) -> Any:
    def act(session: Any) -> None:
        user = session.scalar(select(User).where(User.username == username))
        ada: Any = session.scalar(select(User).where(User.username == "ada"))
        ada.verbs = frozenset()  # the policy asks an actor for them
        user.disable(by=ada)

    return act


def standing(app: Any) -> dict[str, tuple[Any, Any]]:
    with app.app_context():
        people = db.session.scalars(select(User).where(User.customer_id == "acme")).all()
        found = {user.username: (user.portal_role, user.state.value) for user in people}
        db.session.remove()
    return found


def super_users(found: dict[str, tuple[Any, Any]]) -> list[str]:
    return [name for name, (role, _state) in found.items() if role == PortalRole.SUPER_USER]


@pytest.mark.parametrize(("place", "threads"), [("on_postgresql", 50), ("house", 8)])
def test_many_approvals_at_once_leave_one_super_user(request, place, threads):
    house = request.getfixturevalue(place)
    house.reset()
    id, every = raise_request(house.app), list(OldBecomes)
    answers = at_once(house.app, [approve(id, every[number % 3]) for number in range(threads)])
    assert answers == {"done": 1, 409: threads - 1}
    found = standing(house.app)
    assert super_users(found) == ["uma"]
    assert found["ada"][0] in ("admin", "user")


@pytest.mark.parametrize(("place", "threads"), [("on_postgresql", 20), ("house", 4)])
@pytest.mark.parametrize("attempt", range(3))
def test_approving_and_disabling_the_nominee_at_once_leaves_a_whole_company(request, place, threads, attempt):
    house = request.getfixturevalue(place)
    house.reset()
    id = raise_request(house.app)
    acts = [approve(id, OldBecomes.ADMIN), disable("uma")] * (threads // 2)
    answers = at_once(house.app, acts)
    assert set(answers) <= {"done", 403, 409}, answers
    found = standing(house.app)
    assert len(super_users(found)) == 1, found
    if super_users(found) == ["uma"]:
        assert found["uma"][1] == "active"
        assert found["ada"][0] == "admin"
    else:
        assert found["uma"] == ("user", "disabled")
        assert found["ada"] == ("super_user", "active")
