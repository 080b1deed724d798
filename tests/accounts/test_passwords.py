import time

import pytest

from portal.accounts import blocklist, passwords
from portal.accounts.users import User
from portal.database import db
from portal.errors import Refused

NAMES = ["Ada Arnold", "ada", "ada.arnold@acme.example", "acme", "Acme GmbH", "Hamburg", "Customer Portal"]


@pytest.mark.parametrize(
    "password",
    [
        "portal-demo-2026", "passwordpassword", "Password123456789!", "p@ssw0rdp@ssw0rd1", "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv", "qwertzuiopasdfgh", "aaaaaaaaaaaaaaaa", "a" * 256, "abababababababab", "123456789012345",
        "987654321098765", "abcdefghijklmnop", "iloveyouiloveyou", "Summer2026Summer!", "dragon!monkey!football!",
        "correct horse battery staple", "checkmkcheckmk1!", "Willkommen2026!!", "thisismypassword",
        "Acme-GmbH-Hamburg-2026", "AdaArnold12345!", "ada.arnold@acme.example", "acmeacmeacmeacme1",
        "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ", "1111222233334444", "............... ",
    ],
)  # fmt: skip
def test_what_is_easy_to_guess_is_refused(password):
    assert blocklist.is_easy(password, NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "otter piano lantern cloud", "purple dragon coffee mountain", "x7#kQ9!vLp2@mZ4w", "830174926551304",
        "Regenschirm Kaktus Laterne", "violet tractor hums slowly", "blauer hund tanzt nachts",
        "wombat-staple-tundra-acme",
        "漢字は面白いですねえ今日も良い天気", "🦦🎹🏮☁️🌵🚜🦤🧵🪀🎲🪁🧲🔭🧭🪢",
    ],
)  # fmt: skip
def test_words_that_have_nothing_to_do_with_each_other_pass(password):
    assert not blocklist.is_easy(password, NAMES)


def test_a_hostile_password_costs_no_time():
    start = time.perf_counter()
    for password in ("a" * 256, "ab" * 128, "abcdefg" * 36, "-" * 256, "äöü" * 85):
        blocklist.is_easy(password, NAMES)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("kvx tulip 9 owl", None), ("kvx tulip 9 ow", "at least 15"), ("x1ﬃy2z3w4v5u6", None), ("é" * 7, "at least 15"),
        ("pq7 zebra kiwi " * 17 + "1", None), ("pq7 zebra kiwi " * 17 + "12", "at most 256"),
        ("\U0001f9a6" * 8 + "abc", "at least 15"), ("  otter  piano  ", None),
    ],
)  # fmt: skip
def test_length_is_counted_in_characters_after_normalising(app, password, sentence):
    with app.app_context():
        if sentence is None:
            passwords.check_length(password)
            return
        with pytest.raises(Refused, match=sentence):
            passwords.check_length(password)


def test_no_character_is_dropped_and_no_tail_ignored(app):
    long = "otter piano lantern cloud " * 9
    known = passwords.hash_password(long)
    assert passwords.is_right(known, long)
    assert not passwords.is_right(known, long[:-1])
    assert not passwords.is_right(known, long[:72])
    assert not passwords.is_right(known, long.upper())
    assert not passwords.is_right(known, long.strip())


def test_the_same_characters_typed_on_another_keyboard_are_the_same_password():
    assert passwords.is_right(passwords.hash_password("Fu\u0308\u00dfe im Nebelmeer"), "F\u00fc\u00dfe im Nebelmeer")


def test_nobody_has_a_right_password():
    assert not passwords.is_right(None, "nobody")
    assert not passwords.is_right("not a hash", "nobody")


def test_the_hash_is_argon2id_as_owasp_asks():
    import subprocess
    import sys

    program = "from portal.accounts.passwords import hash_password; print(hash_password('x'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_companys_names_are_no_password(app):
    with app.app_context():
        ada = db.session.query(User).filter_by(username_key="ada").one()
        for password in ("Acme GmbH Hamburg 1", "Ada Arnold Nordlicht", "customer-portal-1234"):
            with pytest.raises(Refused, match="easy to guess"):
                passwords.check(password, ada)
        passwords.check("otter piano lantern cloud", ada)
