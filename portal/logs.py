"""Logs: warnings and errors go to standard error and, for later, into the data folder."""

from __future__ import annotations

import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path

from flask import Flask

NAME = "portal log file"
LINE = "%(asctime)s %(process)d %(levelname)s %(message)s"


def init_app(app: Flask) -> None:
    """Let every process append to logs/portal.log, which may be moved away at any time."""
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
