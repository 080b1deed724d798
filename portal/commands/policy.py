"""`access`: what every address asks of whoever opens it."""

from __future__ import annotations

import click
from flask import current_app

from ..access.guard import access_of


@click.command("access")
def access() -> None:
    """Print the policy of every address."""
    app = current_app
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        declared = access_of(app, rule.endpoint)
        policy = _joined(declared) if isinstance(declared, tuple) else declared or "REFUSES: nothing declared"
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:9} {rule.rule:60} {policy}")


def _joined(needed: tuple[str, ...]) -> str:
    return " and ".join(f"({one})" if " or " in one and len(needed) > 1 else one for one in needed)
