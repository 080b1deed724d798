"""Monitoring cores for demo sites and tests: Debian's Icinga 2 with the configuration in `core/`, off all system paths.

A core is started with the command that `command()` returns, in a folder that `prepare()` made, and is full of states
after `check_all()`. It never outlives who started it.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CONFIGURATION = Path(__file__).parent / "core"
FLEETS = ("provider", "acme", "beta")
"""What a core can watch: a file each in `core/`."""
PACKAGES = ("icinga2-bin", "icinga2-common")
USER = "nagios"
"""Whom Debian's packages make for the core; root hands over to them."""

CHECKED = "Filter: active_checks_enabled = 1\n"


def is_installed() -> bool:
    """Tell whether this machine has the core."""
    return shutil.which("icinga2") is not None and shutil.which("setpriv") is not None


def prepare() -> Path:
    """Return a new folder for one core, in which the core may write; the caller removes it."""
    folder = Path(tempfile.mkdtemp(prefix="portal-core-"))
    for name in ("data", "cache", "log", "spool", "run"):
        (folder / name).mkdir()
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, USER, USER)
    return folder


def command(fleet: str, folder: Path, port: int = 0, *, every: int = 30) -> list[str]:
    """Return what starts a core: it watches `fleet`, checks every so many seconds, and answers at `folder/live`.

    With a port it answers on this machine's TCP too. What it has to say lies in `folder/console.log`.
    """
    paths = {
        "DataDir": "data", "CacheDir": "cache", "LogDir": "log", "SpoolDir": "spool", "InitRunDir": "run",
        "PidPath": "run/pid", "StatePath": "data/state", "ModAttrPath": "data/attributes.conf",
        "VarsPath": "cache/vars", "ObjectsPath": "cache/objects",
    }  # fmt: skip
    constants = {
        "SiteName": fleet, "CoreDir": str(folder), "LivePort": str(port), "CheckInterval": str(every),
        "Configuration.Concurrency": "16",  # each kept connection holds a thread of the pool, which has twice as many
        **{f"Configuration.{name}": str(folder / path) for name, path in paths.items()},
    }  # fmt: skip
    if os.getuid() != 0:
        constants["Configuration.RunAsUser"] = pwd.getpwuid(os.getuid()).pw_name
        constants["Configuration.RunAsGroup"] = grp.getgrgid(os.getgid()).gr_name
    return [
        "sh", "-c", 'exec "$@" >"$0" 2>&1', str(folder / "console.log"),
        "setpriv", "--pdeathsig", "TERM",
        *(("--reuid", USER, "--regid", USER, "--clear-groups") if os.getuid() == 0 else ()),
        "env", f"HOME={folder}", "icinga2", "daemon",
        "-c", str(CONFIGURATION / "core.conf"), "-c", str(CONFIGURATION / f"{fleet}.conf"),
        *(f"-D{name}={value}" for name, value in constants.items()),
    ]  # fmt: skip


def check_all(folder: Path, *, patience: float = 10.0) -> None:
    """Wait for a core that is starting and have it check everything now; raises TimeoutError."""
    until = time.monotonic() + patience
    while True:
        try:
            hosts = _rows(folder, f"GET hosts\nColumns: name\n{CHECKED}")
            services = _rows(
                folder, "GET services\nColumns: host_name description\nFilter: active_checks_enabled = 1\n"
            )
            break
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(f"no monitoring core answers in {folder}") from None
            time.sleep(0.02)
    now = int(time.time())
    lines = [f"COMMAND [{now}] SCHEDULE_FORCED_HOST_CHECK;{name};{now}\n" for (name,) in hosts]
    lines += [f"COMMAND [{now}] SCHEDULE_FORCED_SVC_CHECK;{host};{name};{now}\n" for host, name in services]
    for line in lines:
        say(folder, line)
    pending = f"{CHECKED}Filter: has_been_checked = 0\n"
    while _rows(folder, f"GET services\nColumns: description\n{pending}") or _rows(
        folder, f"GET hosts\nColumns: name\n{pending}"
    ):
        if time.monotonic() > until:
            raise TimeoutError(f"the monitoring core in {folder} does not check")
        time.sleep(0.02)


def say(folder: Path, text: str) -> bytes:
    """Return what a core answers; raises OSError."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect(str(folder / "live"))
        line.sendall(f"{text}\n".encode())
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def _rows(folder: Path, question: str) -> Sequence[Sequence[str]]:
    answer = say(folder, f"{question}OutputFormat: json\nColumnHeaders: off\n")
    try:
        rows: Sequence[Sequence[str]] = json.loads(answer)
    except ValueError:
        raise OSError("no answer yet") from None
    return rows
