"""What a mail server sees of the command: it ends so that no mail is lost, even where the portal cannot start."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAIL = b"From: uma@acme.example\n\nHello\n"


def run(tmp_path, given, **settings):
    environment = {**os.environ, "PORTAL_DATA": str(tmp_path / "data")}
    environment.update({f"PORTAL_{name}": value for name, value in settings.items()})
    command = [str(ROOT / "bin" / "receive-mail")]
    return subprocess.run(command, input=given, capture_output=True, env=environment, cwd="/", check=False)


@pytest.mark.parametrize(
    "settings",
    [
        {"GRACE_DAYS": "many"},
        {"DATA": "/proc/nowhere"},
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
        {},
    ],
    ids=["a bad setting", "no data folder", "no database", "no tables"],
)
def test_while_the_portal_cannot_work_the_mail_server_is_to_try_again(tmp_path, settings):
    assert run(tmp_path, MAIL, **settings).returncode == 75


def test_nothing_is_no_mail(tmp_path):
    assert run(tmp_path, b"").returncode == 65
