"""The blueprint of the reports, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
