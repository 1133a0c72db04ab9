"""`flask --app wsgi keys …`: the delegations' keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app.extension import database
from app.keys import KeyMissing, KeyServiceDown, StillNeeded
from app.models.sealed import key_ring
from app.services import keys
from app.services.keys import KeyUse, OwnerKeys

group = AppGroup("keys", help="The delegations' keys.")


@group.command("list")
@click.argument("owner", required=False)
def list_keys(owner: str | None) -> None:
    """List the keys of every owner, or of one: which is current, and how many rows are sealed under each."""
    found = [each for each in keys.list_keys(database(), key_ring()) if owner in {None, each.owner}]
    for each in found:
        for line in _lines(each):
            click.echo(line)
    if not found:
        click.echo("No key was made yet.")


@group.command("rotate")
@click.argument("owner")
def rotate(owner: str) -> None:
    """Make a new key for what OWNER (MX) seals from now on; what is sealed opens as before."""
    with _said():
        key_id = keys.rotate_key(database(), key_ring(), owner)
    click.echo(f"{owner} seals under {key_id} from now on. `keys reseal {owner}` brings older rows under it.")


@group.command("reseal")
@click.argument("owner")
def reseal(owner: str) -> None:
    """Seal what OWNER (MX) has under older keys anew under the current one; ended in between, it goes on."""
    with _said():
        outcome = keys.reseal(database(), key_ring(), owner)
    click.echo(f"{outcome.done} rows of {owner} were sealed anew.")
    if outcome.unopened:
        raise click.ClickException(f"{outcome.unopened} rows do not open and stay as they are.")


@group.command("retire")
@click.argument("key_id", metavar="KEY")
@click.confirmation_option(prompt="Backups that hold rows under this key can then never be read. Retire it?")
def retire(key_id: str) -> None:
    """Delete a KEY that no row needs; one that a service keeps is set aside there, for its government to delete."""
    with _said():
        owner = keys.owner_of_key(key_ring(), key_id)
        if owner is None:
            raise click.ClickException(f"Nobody that can be asked has a key {key_id}.")
        keys.retire_key(database(), key_ring(), owner, key_id)
    click.echo(f"The key {key_id} of {owner} is retired.")


def _lines(each: OwnerKeys) -> Iterator[str]:
    yield f"{each.owner}: {'with a key service' if each.has_service else 'in the key folder'}"
    if each.problem:
        yield f"  {each.problem}"
    for use in each.keys:
        yield f"  {use.key_id}  {_state(use, is_known=each.problem is None)}{_rows(use.row_count)}"


def _state(use: KeyUse, *, is_known: bool) -> str:
    if use.is_current:
        return "current, "
    return "" if use.is_there else "missing, " if is_known else "not known, "


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


@contextmanager
def _said() -> Iterator[None]:
    """Say in words why a key cannot be used or ended."""
    try:
        yield
    except (KeyMissing, KeyServiceDown, StillNeeded, ValueError) as problem:
        raise click.ClickException(str(problem)) from None
