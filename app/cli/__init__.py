"""The command line: a file per command group."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from flask import Flask

GROUPS: Final = ("schema", "catalogue", "user", "jobs", "audit", "zones", "imports", "sample", "mail", "keys")


def register(app: Flask) -> None:
    """Register every command group."""
    for group in GROUPS:
        app.cli.add_command(import_module(f"app.cli.{group}").group)
