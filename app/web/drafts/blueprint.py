"""The blueprint of the drafts, for the modules that share it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("drafts", __name__)
