"""The blueprint of action items, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("actions", __name__)
