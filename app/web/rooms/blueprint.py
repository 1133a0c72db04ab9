"""The blueprint of the room, which its modules share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rooms", __name__)
