"""Which addresses may be called: listed networks and folders, by what a name stands for, at every connection."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.monitoring import poller
from portal.monitoring.livestatus import address
from portal.monitoring.livestatus.answers import SiteState
from portal.monitoring.livestatus.query import Query
from tests.factories.simulated import Stage

USUAL = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 public"
FORBIDDEN = (
    "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "localhost.", "LOCALHOST", "site.localhost", "0.0.0.0",
    "[::]", "169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fd00:ec2::254]",
    "100.100.100.200", "168.63.129.16", "224.0.0.1", "[ff02::1]", "255.255.255.255", "240.0.0.1", "192.0.2.1",
    "100.64.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "[2001:0:7f00:1::1]", "[2001:db8::1]",
)  # fmt: skip
MALFORMED = (
    "tcp:0x7f.1:6557", "tcp:0x7f000001:6557", "tcp:2130706433:6557", "tcp:127.1:6557", "tcp:017700000001:6557",
    "tcp:127.0.0.01:6557", "tcp:[127.0.0.1]:6557", "tcp:[fe80::1%25eth0]:6557", "tcp:::1:6557", "tcp:host",
    "tcp:host:0", "tcp:host:65536", "tcp:host:-1", "tcp:host:1\n", "tcp:ho st:1", "tcp:user@host:1", "tcp:ho/st:1",
    "tcp::1", "host:1", "tcp:-host:1", "tcp:host..name:1", "tcp:" + "a" * 64 + ":1", "udp:host:1", "http://host:1",
    "file:/etc/passwd", "gopher://host:70", "unix:relative", "unix:", "unix:/a\nb", "unix:/a\0b",
    "tcp:\u0661.1.1.1:6557", "tcp:münchen:1", "TCP:host:1", " tcp:host:1", "",
)  # fmt: skip


@pytest.fixture
def _as_delivered(calling: Flask) -> None:
    calling.config.update(SITE_NETWORKS=USUAL, SITE_SOCKETS="")


@pytest.mark.parametrize("host", FORBIDDEN)
@pytest.mark.usefixtures("_as_delivered")
def test_this_machine_and_what_is_not_listed_are_refused(host: str) -> None:
    with pytest.raises(ValueError, match="in no network") as refused:
        address.check(f"tcp:{host}:6557")
    assert str(refused.value.args[0]) == str(address.NOT_ALLOWED)


@pytest.mark.parametrize("text", MALFORMED)
def test_odd_spellings_are_no_addresses(text: str) -> None:
    with pytest.raises(ValueError, match="in brackets"):
        address.check(text)


@pytest.mark.parametrize("host", ["10.1.2.3", "[fc00::1]", "[::ffff:10.0.0.1]", "8.8.8.8", "[2606:4700::1111]"])
@pytest.mark.usefixtures("_as_delivered")
def test_listed_and_public_ones_are_taken(host: str) -> None:
    address.check(f"tls:{host}:6557")


def test_what_clouds_tell_their_machines_is_refused_even_where_listed(calling: Flask) -> None:
    calling.config["SITE_NETWORKS"] = "0.0.0.0/0 ::/0 public loopback"
    address.check("tcp:100.64.0.1:6557")
    for host in ("169.254.169.254", "[fd00:ec2::254]", "0.0.0.0", "224.0.0.1"):
        with pytest.raises(ValueError, match="in no network"):
            address.check(f"tcp:{host}:80")


def test_a_name_is_judged_by_what_it_stands_for(calling: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    calling.config["SITE_NETWORKS"] = "10.0.0.0/8"
    stands_for(monkeypatch, ["127.0.0.1"])
    with pytest.raises(ValueError, match="in no network"):
        address.check("tcp:mon.example.com:6557")
    stands_for(monkeypatch, ["169.254.169.254", "10.0.0.7"])
    address.check("tcp:mon.example.com:6557")
    stands_for(monkeypatch, [])
    address.check("tcp:mon.example.com:6557")


def test_a_name_that_changes_its_mind_is_not_followed(
    calling: Flask, simulate: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look-up a connection: what it said is judged, and that is connected to."""
    canary = simulate(site_id="rebound")
    calling.config["SITE_NETWORKS"] = "10.0.0.0/8"
    asked = stands_for(monkeypatch, ["10.255.255.1"], then=["127.0.0.1"])
    target = canary.target(livestatus=f"tcp:mon.example.com:{canary.port}", timeout=0.3)

    assert poller.ask([target], Query("hosts", ("name",)))[0].state is SiteState.DEAD
    assert asked == ["mon.example.com"]
    assert "in no network" in poller.probe(target).reason
    assert canary.connections == 0


def test_settings_hold_for_every_connection(calling: Flask, simulate: Stage) -> None:
    core = simulate()
    assert poller.ask([core.target()], Query("hosts", ("name",)))[0].is_online
    calling.config["SITE_NETWORKS"] = "10.0.0.0/8"
    (answer,) = poller.ask([core.target()], Query("hosts", ("name",)))
    assert "in no network" in answer.reason


def test_sockets_lie_in_a_listed_folder_whatever_links_say(calling: Flask, tmp_path: Path) -> None:
    inside, outside = tmp_path / "sites", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    calling.config["SITE_SOCKETS"] = str(inside)
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        one.bind(str(inside / "live"))
        other.bind(str(outside / "live"))
        (inside / "link").symlink_to(outside / "live")
        (outside / "way").symlink_to(inside)
        address.check(f"unix:{inside}/live")
        address.check(f"unix:{outside}/way/live")
        address.check(f"unix:{inside}/not there yet")
        for path in (inside / "link", outside / "live", f"{inside}/../elsewhere/live", "/run/docker.sock"):
            with pytest.raises(ValueError, match="in no folder"):
                address.check(f"unix:{path}")
    (inside / "file").write_text("no socket")
    with pytest.raises(ValueError, match="no socket"):
        address.check(f"unix:{inside}/file")


def stands_for(monkeypatch: pytest.MonkeyPatch, first: list[str], *, then: list[str] | None = None) -> list[str]:
    """Let every name stand for these addresses, from the second look-up on for others; return the names looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        found = first if then is None or len(asked) == 1 else then
        if not found:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
