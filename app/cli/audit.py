"""`flask --app wsgi audit verify`: whether the audit record is what was written."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.extension import database, settings
from app.services.audit import verify

group = AppGroup("audit", help="The audit record.")


@group.command("verify")
def verify_record() -> None:
    """Name every audit record that was altered, removed or put elsewhere, and a record cut off at its end."""
    report = verify(database(), settings().data_dir)
    for problem in report.problems:
        click.echo(str(problem), err=True)
    if report.problems:
        raise click.ClickException(
            f"The audit record is not whole: {len(report.problems)} problems in {report.count} records."
        )
    click.echo(f"The audit record is whole: {report.count} records, {report.digest}.")
