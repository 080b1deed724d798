import re

import pytest
from flask import Flask

from portal.seals import digest, new_secret, seal, unseal


@pytest.fixture
def app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "one key"
    return app


def test_a_sealed_value_opens_again_and_does_not_show(app):
    with app.app_context():
        sealed = seal("geheim: Grüße")
        assert unseal(sealed) == "geheim: Grüße"
        assert "geheim" not in sealed
        assert seal("geheim: Grüße") != sealed


def test_another_key_or_a_changed_value_does_not_open(app):
    with app.app_context():
        sealed = seal("text")
        with pytest.raises(ValueError, match="does not open"):
            unseal(sealed[:-4] + "AAAA")
        with pytest.raises(ValueError, match="does not open"):
            unseal("")
        app.config["SECRET_KEY"] = "another key"
        with pytest.raises(ValueError, match="does not open"):
            unseal(sealed)


def test_a_new_secret_has_256_bits_and_fits_an_address():
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)


def test_the_digest_is_sha_256():
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
