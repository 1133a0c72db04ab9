"""`flask --app wsgi catalogue …`: the reference data."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.catalogue import shipped_texts
from app.domain.catalogue import CatalogueError, Problem, read_catalogue
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
    try:
        catalogue = read_catalogue(_texts_in(folder) if folder else shipped_texts())
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


def _texts_in(folder: Path) -> dict[str, str]:
    """Return the folder's texts by file name; raises `CatalogueError` for what is not text in UTF-8, with its line."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        try:
            texts[path.name] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(path.name, content.count(b"\n", 0, error.start) + 1, "this is not text in UTF-8"))
    if problems:
        raise CatalogueError(problems)
    return texts
