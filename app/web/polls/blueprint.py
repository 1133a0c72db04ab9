"""The blueprint that all routes of polls are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("polls", __name__)
