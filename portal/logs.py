"""Logs: warnings and errors go to standard error and, for later, into the data folder."""

from __future__ import annotations

import logging
from functools import partial
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from flask import Flask, request

NAME = "portal log file"
LINE = "%(asctime)s %(process)d %(levelname)s %(message)s"


SECRET = "token"  # noqa: S105 - what the addresses of one-time and signed links call it


def shown_address() -> str:
    """Return the path of this request without the secret that some addresses carry."""
    secret = (request.view_args or {}).get(SECRET)
    return request.path.replace(secret, "…") if secret else request.path


def _unexpected(app: Flask, error: Any) -> None:
    app.logger.error("unexpected: %s %s", request.method, shown_address(), exc_info=error)


def init_app(app: Flask) -> None:
    """Let every process append to logs/portal.log, which may be moved away at any time."""
    app.log_exception = partial(_unexpected, app)  # type: ignore[method-assign]
    logger = app.logger
    for old in [handler for handler in logger.handlers if handler.name == NAME]:
        logger.removeHandler(old)
        old.close()
    if app.testing:
        return
    handler = WatchedFileHandler(Path(app.config["DATA"]) / "logs" / "portal.log", encoding="utf-8", delay=True)
    handler.name = NAME
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter(LINE))
    logger.addHandler(handler)
