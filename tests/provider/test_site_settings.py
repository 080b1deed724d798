"""What a site has of its own: global settings, and authorities it trusts."""

from __future__ import annotations

import pytest
from webtest import Upload

from portal.customers.sites import Site
from portal.database import db
from portal.monitoring import poller
from portal.setup.certificates import read_certificates
from tests.browser import Browser
from tests.factories import sites
from tests.factories.certificates import certificate, make
from tests.monitoring.cores import Cores
from tests.provider.helpers import post, send

CAS = "trusted_certificate_authorities"
SETTINGS = "/provider/sites/hamburg/settings"


@pytest.fixture(autouse=True)
def _hamburg(app, monkeypatch):
    monkeypatch.setattr(poller, "ask", Cores().ask)
    sites.connect(app, "hamburg", "acme")


def trust(browser, status, pem="", file=None):
    form = browser.get(SETTINGS).forms["authority"]
    form["pem"] = pem
    if file is not None:
        form["file"] = Upload("ca.pem", file)
    return form.submit(status=status)


def test_a_site_has_only_the_settings_that_were_ticked(app, as_):
    form = as_("pat").get(SETTINGS).forms["settings"]
    form["own-log_level"], form["log_level"] = True, "debug"
    form["own-staleness_threshold"], form["staleness_threshold"] = True, "2,50"
    form["user_idle_timeout"] = "not sent: nobody ticked it"
    page = form.submit(status=302).follow()
    assert sites.found(app, "hamburg").settings == {"staleness_threshold": "2.5", "log_level": "debug"}
    assert "Debug" in page
    assert sites.changes_of(app, "hamburg") == [
        ("changed", {"staleness_threshold": [None, "2.5"], "log_level": [None, "debug"]})
    ]
    form = as_("pat").get(SETTINGS).forms["settings"]
    assert form["own-log_level"].checked
    assert not form["own-http_proxy"].checked
    form["own-log_level"] = False
    form.submit(status=302)
    assert sites.found(app, "hamburg").settings == {"staleness_threshold": "2.5"}
    assert "changed the global settings of the site hamburg" in as_("pat").get("/provider/customers/acme/history/")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("staleness_threshold", "nan", "A number from 1 to 100."),
        ("user_idle_timeout", "-5", "A number from 0 to 10080."),
        ("user_idle_timeout", "1e3", "A number from 0 to 10080."),
        ("notification_fallback_email", "nobody", "This is no e-mail address."),
        ("http_proxy", "proxy.example", "This is no address."),
        ("http_proxy", "file:///etc/passwd", "This is no address."),
        ("page_heading", "x" * 301, "At most 300 characters"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_beside_it(app, as_, name, value, sentence):
    form = as_("pat").get(SETTINGS).forms["settings"]
    form[f"own-{name}"], form[name] = True, value
    page = form.submit(status=422)
    assert sentence.lower() in page.html.select_one(f"#{name}-error").text.lower()
    assert page.forms["settings"][name].value == value
    assert sites.found(app, "hamburg").settings == {}


def test_authorities_have_no_field_among_the_settings(app, as_):
    assert f"own-{CAS}" not in as_("pat").get(SETTINGS).forms["settings"].fields
    pem = certificate("Provider Root")
    post(as_("pat"), SETTINGS, 302, **dict.fromkeys((f"own-{CAS}", CAS), pem))
    assert sites.found(app, "hamburg").settings == {}
    assert sites.found(app, "hamburg").trusted_cas == []


def test_the_second_of_two_editors_of_settings_is_told(app, as_):
    late = Browser(app).sign_in("pat").get(SETTINGS).forms["settings"]
    form = as_("pat").get(SETTINGS).forms["settings"]
    form["own-log_level"], form["log_level"] = True, "debug"
    form.submit(status=302)
    late["own-log_level"], late["log_level"] = True, "error"
    page = late.submit(status=409)
    assert "Debug" in page.html.select_one(".compare .differs").text
    page.forms["settings"].submit(status=302)
    assert sites.found(app, "hamburg").settings == {"log_level": "error"}


def test_an_authority_is_parsed_and_shown(app, as_):
    pem = certificate("Acme Root")
    page = trust(as_("pat"), 302, pem).follow()
    card = page.html.select_one("#authorities").text
    fingerprint = read_certificates(pem)[0].fingerprint
    assert "Acme Root" in card
    assert "CN=Acme Root" in card
    assert fingerprint in card
    assert "Certificate authority" in card
    assert "Expired" not in card
    assert "Acme Root" in as_("gil").get("/provider/sites/hamburg")
    assert sites.changes_of(app, "hamburg") == [("changed", {"trusted_certificate_authorities": [None, "Acme Root"]})]
    removal = next(form for form in page.forms.values() if form.action.endswith("/removal"))
    assert "None of its own." in removal.submit(status=302).follow()
    assert sites.found(app, "hamburg").trusted_cas == []
    removal.submit(status=404)
    history = as_("pat").get("/provider/customers/acme/history/")
    assert "let the site hamburg trust Acme Root" in history
    assert "let the site hamburg no longer trust Acme Root" in history


def test_a_file_with_several_is_as_good(app, as_):
    both = certificate("Acme Root") + "\n# and\n" + certificate("Acme Old Root", days=-3)
    page = trust(as_("pat"), 302, file=both.encode()).follow()
    assert len(sites.found(app, "hamburg").trusted_cas) == 2
    expired = [h3.text for h3 in page.html.select("#authorities h3") if "Expired" in h3.text]
    assert len(expired) == 1
    assert "Acme Old Root" in expired[0]


def _key():
    return make("Acme Root")[1]


@pytest.mark.parametrize(
    ("pem", "sentence"),
    [
        ("", "Paste a certificate or choose a file."),
        ("hello", "This is no certificate in PEM."),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "Certificate 1 cannot be read."),
        (_key(), "This holds a private key."),
        (certificate("Acme Root") + _key(), "This holds a private key."),
        (certificate("www.acme.example", is_ca=False), "is no certificate authority"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "something else than certificates"),
        (certificate("Acme Root") * 51, "At most 50 certificates."),
        ("-----BEGIN CERTIFICATE-----\n" * 7_000, "At most 50 certificates."),
        ("x" * 200_001, "At most 200000 characters."),
    ],
)
def test_what_is_no_authority_is_told_and_kept(app, as_, pem, sentence):
    page = trust(as_("pat"), 422, pem)
    assert sentence in page.html.select_one("#pem-error").text
    assert page.forms["authority"]["pem"].value.strip() == pem.strip()
    assert sites.found(app, "hamburg").trusted_cas == []


def test_the_same_authority_twice_is_told(as_):
    pem = certificate("Acme Root")
    assert "stands there twice" in trust(as_("pat"), 422, pem + pem)
    trust(as_("pat"), 302, pem)
    assert "trusts Acme Root already" in trust(as_("pat"), 422, pem)


@pytest.mark.parametrize("file", [b"\x00\xff\xfe" * 100, b""])
def test_a_file_that_is_no_text_is_told(as_, file):
    assert "no certificate in PEM" in trust(as_("pat"), 422, file=file)


def test_a_form_on_settings_is_not_stale_after_a_report(app, as_):
    form = as_("pat").get(SETTINGS).forms["settings"]
    from portal.setup.sites import report

    with app.app_context():
        report(db.session(), "hamburg", edition="cme", product_version="2.4.0")
        db.session.commit()
        assert db.session.get_one(Site, "hamburg").edition == "cme"
        db.session.remove()
    form.submit(status=302)
    send(as_("pat"), "/provider/sites/hamburg/edit", "site", 302, alias="Port")
