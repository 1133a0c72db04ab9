"""The blueprint that the pages of accounts and of one's own profile share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", __name__)
