"""The blueprint of rosters, which its modules share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rosters", __name__)
