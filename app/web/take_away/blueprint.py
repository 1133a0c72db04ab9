"""The blueprint of papers to take away, which its modules share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("take_away", __name__)
