"""Entering mechanisms: a new one, or one of the catalogue's related forums; its parties' alone until all agree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from app import words
from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import RelatedForum, from_facts
from app.domain.errors import NotFound, Refusal
from app.domain.fact_edits import FACT_FIELDS, check_fields
from app.domain.mechanism_entry import NewMechanism, cleaned, code_of, facts_of_new, of_forum, prefix_of
from app.domain.visibility import REGISTER, Action, can, party_key
from app.domain.visibility import Facts as Permission
from app.models import Decision, Mechanism, Party
from app.services.decision_words import Said, Told, says
from app.services.decisions import Asked, ask, effect
from app.services.mechanism_facts import surroundings

OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class ForumLine:
    """A related forum of the catalogue, and the mechanism that adopted it, where the viewer may read that."""

    forum: RelatedForum
    adopted: Mechanism | None


def forums(session: GuardedSession) -> tuple[ForumLine, ...]:
    """Return the catalogue's related forums, each with the mechanism that it became, if any."""
    listed = load_shipped().related_forums
    rows = session.execute(
        select(Mechanism).where(Mechanism.origin == "forum").options(load_only(Mechanism.code, Mechanism.name))
    ).scalars()
    adopted = {row.code: row for row in rows}
    return tuple(ForumLine(forum, adopted.get(forum.code)) for forum in listed)


def new_from_forum(code: str) -> NewMechanism:
    """Return what adopting a related forum begins with; raises `NotFound`."""
    found = next((forum for forum in load_shipped().related_forums if forum.code == code), None)
    if found is None:
        raise NotFound
    return of_forum(found)


def choosable_parties(session: GuardedSession) -> Mapping[str, Party]:
    """Return the states and organisations that can be a mechanism's parties, by code, the three governments first."""
    rows = session.execute(
        select(Party)
        .order_by(Party.is_core.desc(), Party.code)
        .options(load_only(Party.code, Party.name, Party.is_core))
    ).scalars()
    return {row.code: row for row in rows}


def enter_mechanism(session: GuardedSession, typed: NewMechanism, note: str = "") -> Decision:
    """Enter a mechanism for the viewer's party and ask the others to agree to it; a coordinator or head does.

    Its parties read it from now on; it counts, and can be met under, once each of the governments has said yes.
    Raises `Refused` with all that cannot be; `Refusal` `forbidden`, `prefix_taken` (`letters`), `name_taken`
    (`name_en`), `forum_adopted`.
    """
    viewer = session.bound_viewer
    known = choosable_parties(session)
    core = frozenset(code for code, party in known.items() if party.is_core)
    if not can(viewer, Action.KEEP_MECHANISM, Permission(parties=frozenset({viewer.party or ""}))):
        raise Refusal("forbidden")
    new = cleaned(_as_adopted(typed), known, core, viewer.party)
    mechanism = _add(session, new, core)
    session.record(
        "mechanism_entered", "mechanism", mechanism.id, mechanism.audience_id, prefix=mechanism.prefix,
        parties=mechanism.parties,
    )  # fmt: skip
    return ask(
        session,
        Asked(
            kind="entry",
            content={OPEN: new.is_open, "code": mechanism.code, "forum": new.forum},
            parties=core & set(mechanism.parties),
            mechanism=mechanism,
            note=note,
        ),
    )


@effect("entry")
def settle_entry(session: GuardedSession, decision: Decision) -> None:
    """Let a mechanism count, and be read by whoever its parties agreed may read it."""
    mechanism = session.execute(select(Mechanism).where(Mechanism.id == decision.mechanism_id)).scalar_one()
    mechanism.is_settled = True
    if decision.content.get(OPEN):
        mechanism.audience_id = session.audience({REGISTER})
    session.record("mechanism_settled", "mechanism", mechanism.id, mechanism.audience_id, prefix=mechanism.prefix)


@says("entry")
def entry_in_words(told: Told, language: str) -> Said:
    """Say what a decision on a new mechanism is, and what a yes does."""
    gettext = words.translations(language).gettext
    name = words.pick(told.mechanism.name, language)[0] if told.mechanism else ""
    lines = [str(gettext("With the last yes it counts, and meetings of it can be set up."))]
    if told.content.get(OPEN):
        lines.append(str(gettext("From then on everybody who reads the register reads it.")))
    else:
        lines.append(str(gettext("It stays with its parties: nobody else reads it.")))
    return Said(str(gettext("Take up “%(name)s” as a mechanism") % {"name": name}), tuple(lines))


def _as_adopted(typed: NewMechanism) -> NewMechanism:
    """Return what was typed with the parties and the record of the forum that it adopts: these are the catalogue's."""
    if typed.forum is None:
        return typed
    forum = new_from_forum(typed.forum)
    return replace(typed, parties=forum.parties, record=forum.record)


def _add(session: GuardedSession, new: NewMechanism, core: frozenset[str]) -> Mechanism:
    prefix = prefix_of(new.letters, new.parties, core)
    code = new.forum or code_of(new.name["en"], new.parties, core)
    _check_free(session, new, code, prefix)
    today = today_in(session.now, session.bound_viewer.time_zone)
    facts = facts_of_new(new, code, prefix, today)
    check_fields(facts, {name: facts[name] for name in FACT_FIELDS}, surroundings(session))
    from_facts(Facts, facts)  # a mechanism that no page could read is a defect, found here
    mechanism = Mechanism(
        id=uuid.uuid4(), ref=None, code=code, prefix=prefix, status=facts["status"], name=facts["name"],
        parties=facts["parties"], facts=facts, loaded_facts={}, origin="forum" if new.forum else "here",
        is_settled=False, entered_by=session.bound_viewer.party, entered_at=session.now, record_here=[],
        audience_id=session.audience({party_key(party) for party in new.parties}),
    )  # fmt: skip
    session.add(mechanism)
    session.flush()  # the decision refers to it
    return mechanism


def _check_free(session: GuardedSession, new: NewMechanism, code: str, prefix: str) -> None:
    """Refuse a name or prefix that a mechanism which the viewer may read has already.

    The name of a related forum is kept for who adopts it, so that it does not tell whether somebody has.
    """
    if not new.forum and code in {forum.code for forum in load_shipped().related_forums}:
        raise Refusal("name_taken", field="name_en")
    rows: Sequence[Mechanism] = (
        session.execute(
            select(Mechanism)
            .where(or_(Mechanism.code == code, Mechanism.prefix == prefix))
            .options(load_only(Mechanism.code, Mechanism.prefix))
        )
        .scalars()
        .all()
    )
    if new.forum and any(row.code == code for row in rows):
        raise Refusal("forum_adopted")
    if any(row.prefix == prefix for row in rows):
        raise Refusal("prefix_taken", field="letters", prefix=prefix)
    if rows:
        raise Refusal("name_taken", field="name_en")
