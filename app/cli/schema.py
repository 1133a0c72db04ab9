"""`flask --app wsgi db …`: the schema of the database."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app import schema
from app.extension import database

group = AppGroup("db", help="The schema of the database.")


@group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (the newest by default)."""
    schema.upgrade(database().engine, revision)
    click.echo(f"The database is at revision {schema.head() if revision == 'head' else revision}.")


@group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the database down to REVISION; what later revisions held is lost."""
    click.confirm(f"Go down to {revision}? Tables of later revisions are dropped.", abort=True)
    schema.downgrade(database().engine, revision)


@group.command("check")
def check() -> None:
    """Say whether the migrations make what the models describe."""
    found = schema.differences(database().engine)
    for difference in found:
        click.echo(repr(difference), err=True)
    if found:
        raise click.ClickException("The migrations and the models differ.")
    click.echo("The migrations make what the models describe.")
