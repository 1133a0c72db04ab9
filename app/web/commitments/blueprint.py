"""The blueprint of commitments, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("commitments", __name__)
