"""The blueprint of hosts, hand-overs and planning records, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hosting", __name__)
