"""`flask --app wsgi jobs …`: the worker."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.extension import database, settings
from app.jobs import worker

group = AppGroup("jobs", help="The job worker.")


@group.command("work")
def work() -> None:
    """Work until told to stop: deliver mail, say that the worker lives, sweep, keep the head of the record."""
    worker.work(database(), settings())


@group.command("run-once")
def run_once() -> None:
    """Do everything that is due, then end; the exit status says whether all of it was done."""
    failed = worker.run_once(database(), settings())
    if failed:
        raise click.ClickException(f"Not done: {', '.join(failed)}.")
    click.echo("Everything that was due is done.")
