"""Which certificates a site may show, and what people are told of the others."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from portal.monitoring import poller
from portal.monitoring.livestatus.query import Query
from tests.factories.authority import Authority, served
from tests.factories.simulated import Stage

NAMES = Query("hosts", ("name",), limit=1)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def reason(simulate: Stage, tls: ssl.SSLContext, *, ca: str, site_id: str = "site") -> str:
    """Return why a site that shows this certificate is dead, "" when it is asked."""
    core = simulate(site_id=site_id, tls=tls)
    (answer,) = poller.ask([core.target(tls_ca=ca)], NAMES)
    assert answer.is_online == bool(core.requests) == (answer.tables == [[["host-0001"]]])
    return answer.reason


@pytest.mark.parametrize(
    "names",
    [{"addresses": ["127.0.0.1"]}, {"hosts": ["site"]}, {"name": "site"}, {"name": "other", "hosts": ["x", "site"]}],
    ids=["its address", "its ID", "its ID as common name", "its ID among others"],
)
def test_a_certificate_of_the_given_ca_is_made_out_to_address_or_id(
    simulate: Stage, authority: Authority, tmp_path: Path, names: dict[str, str]
) -> None:
    assert reason(simulate, served(tmp_path, *authority.issue(**names)), ca=authority.pem) == ""


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"hosts": ["another"]}, "made out to another name"),
        ({"name": "site2"}, "made out to another name"),
        ({"addresses": ["127.0.0.2"]}, "made out to another name"),
        ({"hosts": ["*"]}, "made out to another name"),
        ({"hosts": ["site"], "begins": -30, "ends": -1}, "has expired"),
        ({"hosts": ["site"], "begins": 1, "ends": 30}, "not valid yet"),
    ],
)
def test_others_of_that_ca_are_refused(
    simulate: Stage, authority: Authority, tmp_path: Path, names: dict[str, str], told: str
) -> None:
    assert told in reason(simulate, served(tmp_path, *authority.issue(**names)), ca=authority.pem)


def test_a_certificate_of_another_ca_is_refused(simulate: Stage, authority: Authority, tmp_path: Path) -> None:
    other = Authority()
    assert "not from a trusted CA" in reason(simulate, served(tmp_path, *other.issue("site")), ca=authority.pem)
    assert "not from a trusted CA" in reason(simulate, served(tmp_path, *other.issue("site")), ca="")


def test_an_expired_ca_is_refused(simulate: Stage, tmp_path: Path) -> None:
    past = Authority(ends=-1)
    assert "has expired" in reason(simulate, served(tmp_path, *past.issue("site")), ca=past.pem)


def test_the_very_certificate_can_be_given(simulate: Stage, authority: Authority, tmp_path: Path) -> None:
    """Pinned: whatever it is made out to, and without the CA that signed it."""
    certificate, key = authority.issue("whoever")
    assert reason(simulate, served(tmp_path, certificate, key), ca=certificate) == ""
    twin, key = authority.issue("whoever")
    assert "not from a trusted CA" in reason(simulate, served(tmp_path, twin, key), ca=certificate)


def test_a_pinned_certificate_expires_too(simulate: Stage, authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("site", begins=-30, ends=-1)
    assert "has expired" in reason(simulate, served(tmp_path, certificate, key), ca=certificate)


def test_a_ca_that_is_none_is_told_of(simulate: Stage, authority: Authority, tmp_path: Path) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    tls = served(tmp_path, *authority.issue("site"))
    assert reason(simulate, tls, ca=pem) == "The CA given for this site cannot be read."
    assert reason(simulate, tls, ca="no certificate") == "The CA given for this site cannot be read."


def test_tls_and_plain_text_are_told_apart(simulate: Stage, authority: Authority, tmp_path: Path) -> None:
    plain, secure = simulate(site_id="plain"), simulate(site_id="secure", tls=served(tmp_path, *authority.issue("x")))
    targets = [
        plain.target(livestatus=f"tls:127.0.0.1:{plain.port}", tls_ca=authority.pem, timeout=0.5),
        secure.target(livestatus=f"tcp:127.0.0.1:{secure.port}", timeout=0.5),
    ]
    silent, refused = poller.ask(targets, NAMES)
    assert silent.reason == "The site does not take the connection in time."
    assert "It may expect TLS" in refused.reason or "speaks TLS" in refused.reason
