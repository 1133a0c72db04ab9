"""`flask --app wsgi catalogue …`: the reference data."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.catalogue import shipped_texts
from app.domain.catalogue import CatalogueError, read_catalogue
from app.extension import database
from app.services.catalogue import load_catalogue

group = AppGroup("catalogue", help="The reference data: parties, offices, mechanisms.")


@group.command("load")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of catalogue files; by default those that ship with this release.",
)
def load(folder: Path | None) -> None:
    """Load the catalogue: update what nobody edited here, report what somebody did, refuse a bad file whole."""
    texts = (
        {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))} if folder else shipped_texts()
    )
    try:
        catalogue = read_catalogue(texts)
    except CatalogueError as refused:
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException("The catalogue is refused whole; nothing was loaded.") from refused
    report = load_catalogue(database(), catalogue)
    click.echo(f"Loaded: {len(report.added)} added, {len(report.changed)} changed.")
    for name, conflict in report.conflicts:
        click.echo(
            f"Kept as edited here: {name} {conflict.field}: {conflict.here!r}; "
            f"the catalogue now says {conflict.catalogue!r}."
        )
