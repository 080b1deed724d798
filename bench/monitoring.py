"""The question behind the Customers dashboard, put to two hundred sites at once and to each of them alone."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

from flask import Flask

from bench import cores
from portal.monitoring import dashboard, poller
from portal.monitoring.livestatus.answers import Target
from portal.monitoring.livestatus.query import Query

SITES = 200
HOSTS = 1000
DEAD = 20
LATENCY = 0.020
LIMIT = 2.0
ROUNDS = 20
SAMPLE = 40
"""How many sites are asked alone: they are alike."""
ALONE = 3


def measure(app: Flask) -> list[tuple[str, float, float, float]]:
    """Return for each question: milliseconds of the slowest single site, of all sites, and their ratio.

    Each is the least of several rounds: what other processes take from it is not counted.
    """
    before = app.config["SITE_NETWORKS"]
    app.config["SITE_NETWORKS"] = "loopback"
    try:
        with (
            cores.running(SITES, HOSTS, LATENCY) as ports,
            socket.create_server(("127.0.0.1", 0)) as silent,
            app.app_context(),
        ):
            sites = [Target(f"s{port}", f"tcp:127.0.0.1:{port}", timeout=10.0) for port in ports]
            # Every other one takes connections and never says a word; the rest refuse them.
            gone = (silent.getsockname()[1], 1)
            dead = [Target(f"dead{number}", f"tcp:127.0.0.1:{gone[number % 2]}") for number in range(DEAD)]
            numbers, page = dashboard.queries()[:2], dashboard.queries()
            return [
                _row("hosts and services by state", sites, sites, numbers),
                _row(f"the same, {DEAD} sites dead", sites[DEAD:], [*dead, *sites[DEAD:]], numbers),
                _row("with the worst problems too", sites, sites, page),
            ]
    finally:
        poller.close()
        app.config["SITE_NETWORKS"] = before


def _row(
    name: str, living: Sequence[Target], targets: Sequence[Target], queries: Sequence[Query]
) -> tuple[str, float, float, float]:
    for _ in range(3):  # connections are opened, answers worked out, the dead ones met
        answers = poller.ask(targets, *queries)
    if (there := sum(answer.is_online for answer in answers)) != len(living):
        raise RuntimeError(f"{there} of {len(living)} sites answer: {answers[-1].reason}")
    sample = living[:: len(living) // SAMPLE]
    alone = max(min(_took([target], queries) for _ in range(ALONE)) for target in sample)
    together = min(_took(targets, queries) for _ in range(ROUNDS))
    return name, alone, together, together / alone


def _took(targets: Sequence[Target], queries: Sequence[Query]) -> float:
    """Return the milliseconds until all have answered."""
    start = time.perf_counter()
    poller.ask(targets, *queries)
    return (time.perf_counter() - start) * 1000
