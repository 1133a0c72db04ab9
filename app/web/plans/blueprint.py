"""The blueprint of plans, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("plans", __name__)
