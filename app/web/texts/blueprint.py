"""The blueprint that all routes of texts are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("texts", __name__)
