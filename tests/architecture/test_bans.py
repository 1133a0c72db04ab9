"""What no file may do, read off the syntax tree: ways around the guard, stray clocks, unnamed system sessions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "app").rglob("*.py"))
GUARD = ROOT / "app" / "db"
BANNED_IMPORTS = {"text", "insert", "Connection", "Engine", "create_engine"}
BANNED_CALLS = {"from_statement", "exec_driver_sql", "from_select", "bulk_insert_mappings", "add_missing_timezones"}
BROAD = {"Exception", "BaseException", "''"}

# Everything that reads or writes on the whole truth, by file and by the decision that it names. A new one is
# added here in the same commit, or the test fails: that is the moment to ask what it gives back.
SYSTEM_CALLERS = {
    "cli/sample.py": {
        "add the sample accounts",
        "appoint the sample secretariat",
        "look for the sample accounts",
        "see whether the catalogue is loaded",
    },
    "cli/imports.py": {"find the account that a table is imported for"},
    "cli/zones.py": {"list the meetings that new zone data puts elsewhere"},
    "cli/user.py": {
        "add an account from the command line",
        "disable an account from the command line",
        "enable an account from the command line",
    },
    "db/database.py": {"read the revisions of a viewer's audiences"},
    "jobs/tasks.py": {"say that the worker lives", "sweep up after sign-ins"},
    "services/answers.py": {
        "look up the reminder of a link",
        "note that a reminder was answered",
    },
    "services/appointment_members.py": {
        "find a secretariat's account by its address",
        "say whose the members of a secretariat are",
    },
    "services/around.py": {"look for circles of meetings"},
    "services/audience_moves.py": {"take a released paper back from a guest"},
    "services/audit.py": {"keep the head of the audit record", "verify the audit record"},
    "services/catalogue.py": {"load the catalogue"},
    "services/fetches.py": {"write when feeds were fetched"},
    "services/hats.py": {"put a secretariat's hat on or take it off"},
    "services/identity.py": {"bind a job or a feed to its recipient", "identify the viewer of a request"},
    "services/invitation_pages.py": {
        "look up the invitation of a link",
        "write the answer of somebody without an account",
    },
    "services/invitations.py": {"look up a link to set a password", "set a password by a link"},
    "services/keys.py": {
        "count what is sealed under each key",
        "record what was done to a key",
        "seal rows anew under the current key",
    },
    "services/leaver_items.py": {"count what is with somebody who leaves"},
    "services/link_attempts.py": {"count an answer by a link"},
    "services/mail_recipients.py": {"mail somebody on a roster"},
    "services/mails.py": {"mail a link to set a password"},
    "services/meeting_audience.py": {"find the secretariat of a meeting's parties"},
    "services/meeting_invitations.py": {"note what a calendar is about to be told"},
    "services/meeting_life.py": {"decide what a meeting becomes"},
    "services/outbox.py": {
        "claim what is to be sent",
        "find whom to tell of a decision",
        "find whom to tell of a meeting",
        "hold a message until it may go out",
        "note that a message was sent",
        "note that a message was withheld",
        "note that sending failed",
    },
    "services/offices.py": {
        "add an office to the published ones",
        "give an office of one's own a name",
        "use the office names of today",
    },
    "services/people_edits.py": {"end the feeds of somebody who becomes an administrator"},
    "services/people_many.py": {
        "see which addresses have an account yet",
        "show the links to set a password that were just made",
    },
    "services/people.py": {
        "end what a disabled person had open",
        "make a link to set a password",
        "see that an address has no account yet",
    },
    "services/poll_acts.py": {"close polls whose deadline has passed", "see whether a late answer came"},
    "services/poll_choice.py": {"decide which yes in a poll is a party's own"},
    "services/poll_choosing.py": {"find whom the choice of a slot was not told yet"},
    "services/poll_post.py": {"find whom to tell of a poll"},
    "services/poll_reminders.py": {"find whose answer to a poll is missing", "remind of polls that close soon"},
    "services/poll_reports.py": {
        "find whom to tell of what was reported",
        "replace what was reported before",
        "show what was reported once a hidden poll is closed",
    },
    "services/poll_slots.py": {"find who answered a poll"},
    "services/poll_tally.py": {"count a poll by delegation"},
    "services/position_shares.py": {"hand a share to its recipients"},
    "services/received_shares.py": {"tell who shared something that it was opened"},
    "services/references.py": {"fix the domain of calendar UIDs", "give out the next number of a scope"},
    "services/releases.py": {"find a guest's account by its address", "name the parties of a released meeting"},
    "services/embargoes.py": {"hold back what is under embargo"},
    "services/dispatch_acts.py": {
        "say for which parties mails were",
        "send the mails that were held",
        "drop the mails that were held",
    },
    "services/reminder_lists.py": {"learn in which language and hours a reminder is read"},
    "services/reminder_post.py": {"see whether a reminder may go out now", "send what people are reminded of"},
    "services/reminders.py": {"find the parties that owe something", "prepare what people are reminded of"},
    "services/replies.py": {
        "find what a mail replies to",
        "list a mail that came",
        "list a mail that changes nothing",
        "list the mails that changed nothing",
        "take the reply of somebody without an account",
    },
    "services/rooms.py": {
        "end what some of the parties take apart when their meeting ends",
        "erase who spoke where a room does not attribute",
        "see whether a meeting's papers may name who took part",
    },
    "services/adoption.py": {"decide whether a text is agreed"},
    "services/agreement_post.py": {"find whom to tell of a text"},
    "services/silences.py": {"decide a silence"},
    "services/silence_ends.py": {
        "list the silences that may have ended",
        "remind of silences that end soon",
        "write down how a silence ended",
    },
    "services/sign_in.py": {"change a password", "count an attempt to sign in", "end a sign-in", "open a sign-in"},
    "web/health/routes.py": {"read the worker's heartbeat"},
    "web/sign_in/security.py": {"find a person for Flask-Security"},
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def problems_of(source: str) -> list[str]:
    """Return what a file outside the guard may not contain."""
    tree = ast.parse(source)
    return [problem for node in ast.walk(tree) for problem in _problems_of_node(node)]


def _problems_of_node(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and node.attr == "__table__":
        yield f"line {node.lineno}: __table__ goes around the guard"
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
        for name in sorted({name.name for name in node.names} & BANNED_IMPORTS):
            yield f"line {node.lineno}: {name} of SQLAlchemy"
    if isinstance(node, ast.Call):
        yield from _problems_of_call(node)
    if isinstance(node, ast.ExceptHandler) and isinstance(node.body[0], ast.Pass) and _is_broad(node):
        yield f"line {node.lineno}: an error is swallowed"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return ast.unparse(handler.type or ast.Constant("")) in BROAD


def _problems_of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in BANNED_CALLS:
        yield f"line {call.lineno}: {name} goes around the guard, or gives wrong hours"
    owner = ast.unparse(call.func.value).split(".")[-1] if isinstance(call.func, ast.Attribute) else ""
    if name in {"now", "today", "utcnow"} and owner in {"datetime", "date"} and not call.args:
        yield f"line {call.lineno}: the clock read without a zone"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_goes_around_the_guard(path: Path) -> None:
    if GUARD in path.parents or path == ROOT / "app" / "schema.py":
        return
    assert problems_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "Meeting.__table__.c.id",
        "from sqlalchemy import text",
        "from sqlalchemy.dialects.postgresql import insert",
        "session.scalars(select(M).from_statement(x))",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "calendar.add_missing_timezones()",
        "try:\n    x\nexcept Exception:\n    pass",
    ],
)
def test_the_ban_bites(source: str) -> None:
    assert problems_of(source) != []


def reasons(path: Path) -> set[str]:
    """Return the decisions that a file names when it asks for the whole truth; a call without one is `?`."""
    found = set()
    for name, call in calls(ast.parse(path.read_text("utf-8"))):
        if name in {"system_session", "whole_truth"}:
            reason = call.args[0] if call.args else None
            found.add(str(reason.value) if isinstance(reason, ast.Constant) else "?")
    return found


def test_only_the_listed_decisions_are_taken_on_the_whole_truth() -> None:
    found = {str(path.relative_to(ROOT / "app")): reasons(path) for path in FILES if reasons(path)}
    assert found == SYSTEM_CALLERS


def test_services_never_commit() -> None:
    """Only entry points commit; the services that open a session of their own are the ones listed above."""
    for path in sorted((ROOT / "app" / "services").rglob("*.py")):
        source = path.read_text("utf-8")
        commits = [call.lineno for name, call in calls(ast.parse(source)) if name == "commit"]
        if commits:
            assert "system_session" in source or "write_session" in source, f"{path}: {commits}"
