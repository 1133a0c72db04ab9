"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app import schema
from app.domain.errors import NotFound
from app.models import Heartbeat
from app.models.sealed import key_ring
from app.web.routing import PUBLIC, database, route

blueprint = Blueprint("health", __name__)
WORKER_IS_LATE_AFTER: Final = dt.timedelta(minutes=3)


@route(blueprint, "/healthz", policy=PUBLIC)
def healthz() -> ResponseReturnValue:
    """Answer that the process lives."""
    return jsonify(status="ok")


@route(blueprint, "/readyz", policy=PUBLIC)
def readyz() -> ResponseReturnValue:
    """Answer whether database, migrations and job worker are as they should be; 503 when one is not."""
    checks = _checks()
    is_ready = all(checks.values())
    services = _key_services()
    # A government that cuts its keys closes what is its own, and nothing of the others'.
    also = {"key_services": all(services.values())} if services else {}
    return jsonify(status="ready" if is_ready else "not ready", **checks, **also), 200 if is_ready else 503


@route(blueprint, "/metrics", policy=PUBLIC)
def metrics() -> ResponseReturnValue:
    """Give the counters of the process in Prometheus's text form, where the settings switch them on."""
    if not current_app.config["ENTENTE_SETTINGS"].metrics_enabled:
        raise NotFound
    return generate_latest() + generate_latest(_of_key_services()), 200, {"Content-Type": CONTENT_TYPE_LATEST}


def _checks() -> dict[str, Any]:
    try:
        database().ping()
        migrated = schema.is_at_head(database().engine)
        beat = _last_beat() if migrated else None
    except SQLAlchemyError:
        return {"database": False, "migrations": False, "worker": False}
    alive = beat is not None and database().clock() - beat < WORKER_IS_LATE_AFTER
    return {"database": True, "migrations": migrated, "worker": alive}


def _key_services() -> dict[str, bool]:
    """Return whether each government's key service answers; one that failed a moment ago is not asked again."""
    return {owner: service.answers() for owner, service in key_ring().services().items()}


def _of_key_services() -> CollectorRegistry:
    registry = CollectorRegistry()
    answers = Gauge("entente_key_service_up", "Whether an owner's key service answers.", ["owner"], registry=registry)
    for owner, is_up in _key_services().items():
        answers.labels(owner).set(is_up)
    return registry


def _last_beat() -> dt.datetime | None:
    with database().system_session("read the worker's heartbeat") as session:
        row = session.get(Heartbeat, "worker")
        return row.beat_at if row else None
