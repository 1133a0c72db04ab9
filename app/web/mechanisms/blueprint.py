"""The blueprint of the mechanisms, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("mechanisms", __name__)
