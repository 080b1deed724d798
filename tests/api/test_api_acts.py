"""Acknowledgements, downtimes and comments by programs, seen in a real core."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from portal.database import db, now
from tests.factories.contacts import see_all
from tests.factories.core import Core, connect, reachable
from tests.programs import SECRET, Program, machine, with_token

SITE = "acme_hamburg"


@pytest.fixture(scope="module")
def core():
    with Core("acme") as core:
        yield core


@pytest.fixture(autouse=True)
def still():
    """A core knows the present alone."""


@pytest.fixture(autouse=True)
def _site(app, core, monkeypatch):
    reachable(app, monkeypatch)
    with app.app_context():
        connect(SITE, core.tcp, alias="Hamburg")
        see_all("ada")
        db.session.commit()
        db.session.remove()


@pytest.fixture
def program(app):
    machine(app)
    return Program(app, f"Bearer automation {SECRET}")


def services(core, *conditions):
    lines = "".join(f"Filter: {condition}\n" for condition in conditions)
    return [tuple(row) for row in core.rows(f"GET services\nColumns: host_name description\n{lines}")]


def at(thing, act):
    """Return the address of an act, the names encoded as a whole."""
    host, service = thing
    return f"/api/v1/hosts/{SITE}/{quote(host, safe='')}/services/{quote(service, safe='')}/{act}"


def depth(core, thing, column="scheduled_downtime_depth"):
    host, name = thing
    return core.rows(f"GET services\nColumns: {column}\nFilter: host_name = {host}\nFilter: description = {name}")[0][0]


def test_a_downtime_of_any_service_reaches_the_core_and_goes_again(core, program):
    """Whatever its name holds: slashes, blanks, a slash first."""
    names = services(core)
    odd = [thing for thing in names if "/" in thing[1]][:2] + [thing for thing in names if " " in thing[1]][:2]
    assert odd
    for thing in odd:
        answer = program.post_json(at(thing, "downtimes"), {"comment": "New disks; at last", "minutes": 30})
        [downtime] = answer.json["downtimes"]
        assert (downtime["author"], downtime["comment"]) == ("automation", "New disks; at last")
        assert depth(core, thing) == 1
        assert program.delete(at(thing, "downtimes")).json["downtimes"] == []
        assert depth(core, thing) == 0
        program.delete(at(thing, "downtimes"), status=409)


def test_a_whole_host_too(core, program):
    host = core.rows("GET hosts\nColumns: name\nFilter: state = 0")[0][0]
    start = now() + timedelta(hours=1)
    body = {"comment": "Moves", "start": start.isoformat(), "end": (start + timedelta(hours=3)).isoformat()}
    answer = program.post_json(f"/api/v1/hosts/{SITE}/{host}/downtimes", body).json
    assert (answer["host"], answer["service"]) == (host, None)
    assert answer["downtimes"][0]["end"].startswith((start + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S"))
    program.delete(f"/api/v1/hosts/{SITE}/{host}/downtimes")


def test_an_acknowledgement_comes_and_goes(app, core):
    thing = services(core, "state = 2", "acknowledged = 0")[0]
    ada = with_token(app, "ada")
    assert ada.post_json(at(thing, "acknowledgement"), {"comment": "Known", "notify": False}).json["is_acknowledged"]
    assert depth(core, thing, "acknowledged") == 1
    assert not ada.delete(at(thing, "acknowledgement")).json["is_acknowledged"]
    assert depth(core, thing, "acknowledged") == 0
    ada.delete(at(thing, "acknowledgement"), status=409)


def test_the_same_key_does_it_once(core, program):
    thing = services(core)[0]
    for _try in range(2):
        program.post_json(at(thing, "downtimes"), {"comment": "Once"}, headers={"Idempotency-Key": "a"})
    assert depth(core, thing) == 1
    program.delete(at(thing, "downtimes"))


@pytest.mark.parametrize(
    "body",
    [
        {}, {"comment": ""}, {"comment": "x" * 501}, {"comment": "a\nb"}, {"comment": 1},
        {"comment": "x", "minutes": 0},
        {"comment": "x", "minutes": True}, {"comment": "x", "end": "tomorrow"}, {"comment": "x", "until": "2027"},
        {"comment": "x", "end": "2020-01-01T00:00:00Z"}, {"comment": "x", "end": "0001-01-01T00:00:00+23:59"},
        {"comment": "x", "end": "9999-12-31T23:59:59-23:59"},
        {"comment": "x", "minutes": 5, "end": "2027-01-01T00:00Z"},
    ],
)  # fmt: skip
def test_bodies_that_do_not_hold_name_their_fields(core, program, body):
    answer = program.post_json(at(services(core)[0], "downtimes"), body, status=422)
    assert answer.json["errors"]


def test_what_is_not_seen_is_not_there(app, core):
    thing = services(core)[0]
    for act in ("downtimes", "acknowledgement"):
        with_token(app, "bea").post_json(at(thing, act), {"comment": "x"}, status=404)
        with_token(app, "ada").post_json(at(("nothing", "x"), act), {"comment": "x"}, status=404)
        with_token(app, "gil").post_json(at(thing, act), {"comment": "x"}, status=403)
        with_token(app, "gil").delete(at(thing, act), status=403)
        Program(app).post_json(at(thing, act), {"comment": "x"}, status=401)


def test_a_comment_is_written(program, core):
    thing = services(core)[0]
    answer = program.post_json(at(thing, "comments"), {"comment": "New disks; on order"})
    assert ("automation", "New disks; on order") in [(one["author"], one["comment"]) for one in answer.json["comments"]]
    said = core.rows(f"GET comments\nColumns: comment\nFilter: host_name = {thing[0]}\nFilter: entry_type = 1")
    assert ["New disks; on order"] in said
    assert program.post_json(at(thing, "comments"), {}, status=422).json["errors"]["comment"]
