"""The blueprint of the meetings, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("meetings", __name__)
