"""No unsafe route acts without the token of its form, whoever asks."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from app.db import Database
from app.models import AuditRecord
from config import Settings
from tests.conftest import client_of, make_app
from tests.web.test_matrix import RULES, addresses, unsafe

UNSAFE = [rule for rule in RULES if unsafe(rule)]


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app with its protection on, as it runs."""
    made = make_app(settings, told)
    made.config["WTF_CSRF_ENABLED"] = True
    return made


def acts(database: Database) -> int:
    with database.system_session("count the acts of the record") as session:
        return session.scalar(select(func.count()).select_from(AuditRecord)) or 0


@pytest.mark.parametrize("rule", UNSAFE, ids=lambda rule: f"{rule.endpoint} {rule.rule}")
def test_a_form_without_its_token_is_refused(app: Flask, told: Database, rule: Rule) -> None:
    before = acts(told)
    for key in (None, "ana", "sam"):
        client = client_of(app, key)
        for forged in ({}, {"csrf_token": "forged"}):
            response = client.post(addresses(rule)[1], data=forged)
            assert response.status_code == 400, (key, forged)
            assert "<form" in response.get_data(as_text=True) or "<h1" in response.get_data(as_text=True)
    assert acts(told) == before


def test_one_persons_token_is_not_anothers(app: Flask) -> None:
    page = client_of(app, "ana").get("/profile").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    response = client_of(app, "benoit").post("/profile", data={"csrf_token": token[1]})
    assert response.status_code == 400
