"""Anything that people may do to a text in any order, over one to four parties, against an oracle of its own.

No path adopts without consent, counts a reported answer as silence or as agreement, takes a word that came too late,
or keeps a signature after an edit; and whoever asks later is told the same of what has passed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.agreement import Signed, TextTerms, blockers, signed_by, standing_of
from app.domain.errors import Refusal
from app.domain.silence import (
    Reported,
    SilenceFacts,
    Verdict,
    check_answer,
    check_extension,
    check_standing,
    end_after,
    verdict,
)
from tests.domain.agreement_oracle import Notebook, SignatureBook

BEGIN = dt.datetime(2026, 10, 31, 12, 0, tzinfo=dt.UTC)  # the clocks of New York go back that night
CODES = ("CA", "MX", "US", "GT")
PARTIES = st.sampled_from(CODES)


def at(minute: int) -> dt.datetime:
    return BEGIN + dt.timedelta(minutes=minute)


class SilenceMachine(RuleBasedStateMachine):
    """A silence that is decided from recorded facts, beside a notebook that follows it step by step."""

    @initialize(count=st.integers(1, 4), hours=st.integers(1, 3), wished=st.integers(1, 300), is_open=st.booleans())
    def circulate(self, count: int, hours: int, wished: int, is_open: bool) -> None:
        self.book = Notebook(CODES[:count], hours, wished)
        self.facts = SilenceFacts(frozenset(CODES[:count]), hours, at(wished))
        self.minute = 0
        self.last: Verdict | None = None
        for party in CODES[: count if is_open else 0]:
            self.receive(party)

    @property
    def now(self) -> dt.datetime:
        return at(self.minute)

    def taken(self, check: object) -> bool:
        try:
            check()  # type: ignore[operator]
        except Refusal:
            return False
        return True

    @rule(minutes=st.one_of(st.just(0), st.integers(1, 200)))
    def time_passes(self, minutes: int) -> None:
        self.minute += minutes
        self.book.pass_to(self.minute)

    @rule(before=st.integers(-1, 1))
    def time_passes_to_the_end(self, before: int) -> None:
        ends = self.book.wished if self.book.ends is None else self.book.ends
        self.minute = max(self.minute, ends + before)
        self.book.pass_to(self.minute)

    @rule(party=PARTIES)
    def receive(self, party: str) -> None:
        is_taken = party in self.facts.parties and self.taken(lambda: check_standing(self.facts, self.now))
        assert is_taken == self.book.receipt(party)
        if is_taken:
            self._receive(party)

    def _receive(self, party: str) -> None:
        self.facts = replace(self.facts, receipts={party: self.now, **self.facts.receipts})
        if self.facts.ends_at is None and self.facts.receipts.keys() == self.facts.parties:
            self.facts = replace(self.facts, ends_at=end_after(self.facts.until_at, self.facts.hours, self.now))

    @rule(party=PARTIES)
    def object(self, party: str) -> None:
        is_taken = self.taken(lambda: check_answer(self.facts, party, self.now))
        assert is_taken == self.book.objection(party)
        if is_taken:
            self.facts = replace(self.facts, objections=(*self.facts.objections, (party, self.now)))

    @rule(party=PARTIES)
    def agree(self, party: str) -> None:
        is_taken = self.taken(lambda: check_answer(self.facts, party, self.now))
        assert is_taken == self.book.agreement(party)
        if is_taken:
            self.facts = replace(self.facts, agreements={party: self.now, **self.facts.agreements})
            self._receive(party)

    @rule(party=PARTIES)
    def report(self, party: str) -> None:
        is_taken = self.taken(lambda: check_answer(self.facts, party, self.now))
        assert is_taken == self.book.report(party)
        if is_taken:
            self.facts = replace(self.facts, reported=(*self.facts.reported, Reported(party, self.now)))

    @rule(was_objection=st.booleans())
    def settle(self, was_objection: bool) -> None:
        waiting = [each for each in self.facts.reported if each.settled_at is None]
        is_taken = bool(waiting) and self.taken(lambda: check_standing(self.facts, self.now))
        assert is_taken == self.book.settle(was_objection=was_objection)
        if is_taken:
            ruled = replace(waiting[0], settled_at=self.now, ruling="objection" if was_objection else "no_objection")
            place = self.facts.reported.index(waiting[0])
            told = (*self.facts.reported[:place], ruled, *self.facts.reported[place + 1 :])
            self.facts = replace(self.facts, reported=told)

    @rule(party=PARTIES, after=st.integers(0, 30), was_objection=st.booleans())
    def the_chair_settles_when_it_has_run_out(self, party: str, after: int, was_objection: bool) -> None:
        self.report(party)
        self.time_passes_to_the_end(after)
        self.settle(was_objection)

    @rule(later=st.integers(-60, 200))
    def extend(self, later: int) -> None:
        ends = self.book.wished if self.book.ends is None else self.book.ends
        is_taken = self.taken(lambda: check_extension(self.facts, at(ends + later), self.now))
        assert is_taken == self.book.extend(ends + later)
        if is_taken and self.facts.ends_at is None:
            self.facts = replace(self.facts, until_at=at(ends + later))
        elif is_taken:
            self.facts = replace(self.facts, ends_at=at(ends + later))

    @rule()
    def withdraw(self) -> None:
        is_taken = self.taken(lambda: check_standing(self.facts, self.now))
        assert is_taken == self.book.withdraw()
        if is_taken:
            self.facts = replace(self.facts, withdrawn_at=self.now)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "book"):
            return
        found = verdict(self.facts, self.now)
        if self.book.over is None:
            assert found.state in {"circulated", "running", "held"}
            assert (found.state == "held") == bool(self.book.waiting)
            return
        assert (found.state, found.at) == (self.book.over[0], at(self.book.over[1]))
        # A server that was down, and that asks a year later, is told the same.
        assert verdict(self.facts, self.now + dt.timedelta(days=365)) == found
        if self.last is not None:
            assert found == self.last
        self.last = found

    @invariant()
    def nothing_is_adopted_over_somebodys_word(self) -> None:
        if not hasattr(self, "book") or verdict(self.facts, self.now).state != "adopted":
            return
        assert not self.facts.objections
        assert all(each.ruling == "no_objection" for each in self.facts.reported)
        assert self.facts.receipts.keys() == self.facts.parties
        assert self.facts.ends_at is not None
        assert self.now >= self.facts.ends_at or self.facts.agreements.keys() == self.facts.parties


class SignatureMachine(RuleBasedStateMachine):
    """Signatures that are counted from what is recorded, beside a book of each party's last word."""

    @initialize(count=st.integers(1, 4), is_chairs=st.booleans())
    def begin(self, count: int, is_chairs: bool) -> None:
        chair = CODES[0] if is_chairs else None
        self.book = SignatureBook(CODES[:count], chair)
        self.kind = "chairs_summary" if is_chairs else "joint_statement"
        self.terms = TextTerms(self.kind, frozenset(CODES[:count]), "0", chair)
        self.given: list[Signed] = []
        self.seen = ["0"]
        self.adopted = False

    @property
    def now(self) -> dt.datetime:
        return at(self.book.clock)

    def standing(self, party: str) -> Signed | None:
        return next((each for each in self.given if each.party == party and each.voided_at is None), None)

    def void(self, *which: Signed) -> None:
        self.given = [replace(each, voided_at=self.now) if each in which else each for each in self.given]

    def look(self) -> None:
        self.adopted = self.adopted or not blockers(self.terms, self.given, self.now)

    @rule(minutes=st.integers(1, 100))
    def time_passes(self, minutes: int) -> None:
        self.book.clock += minutes

    @rule(after=st.integers(-1, 0))
    def time_passes_to_a_capitals_last_moment(self, after: int) -> None:
        last = max(self.book.must_confirm_before.values(), default=0) + after
        self.book.clock = max(self.book.clock, last)

    @rule(is_back_to_the_first=st.booleans())
    def edit(self, is_back_to_the_first: bool) -> None:
        if not self.book.edit():
            assert self.adopted
            return
        # The same words again have the same hash, and bring no signature back.
        content = self.seen[0] if is_back_to_the_first and self.terms.content_hash != "0" else str(self.book.text)
        self.seen.append(content)
        self.terms = replace(self.terms, content_hash=content)
        self.void(*[each for each in self.given if each.voided_at is None])

    def _may_sign(self, party: str) -> bool:
        own = self.standing(party)
        if own is None:
            return True
        return standing_of(own, self.terms.content_hash, self.now) != "counts"

    @rule(party=PARTIES, is_shown=st.booleans())
    def sign(self, party: str, is_shown: bool) -> None:
        if party not in self.terms.parties:
            return
        is_taken = is_shown and not self.adopted and self._may_sign(party)
        assert is_taken == self.book.sign(party, self.book.text if is_shown else self.book.text - 1)
        if is_taken:
            self.void(*[each for each in (self.standing(party),) if each])
            self.given.append(Signed(party, self.terms.content_hash, self.now))
            self.look()

    @rule(party=PARTIES, minutes=st.integers(1, 150))
    def sign_ad_referendum(self, party: str, minutes: int) -> None:
        if party not in self.terms.parties:
            return
        is_taken = not self.adopted and self._may_sign(party)
        until = self.book.clock + minutes
        assert is_taken == self.book.sign_for_now(party, self.book.text, until)
        if is_taken:
            self.void(*[each for each in (self.standing(party),) if each])
            self.given.append(Signed(party, self.terms.content_hash, self.now, at(until)))
            self.look()

    @rule(party=PARTIES)
    def confirm(self, party: str) -> None:
        own = self.standing(party)
        is_taken = (
            not self.adopted
            and own is not None
            and standing_of(own, self.terms.content_hash, self.now) == "ad_referendum"
        )
        assert is_taken == self.book.confirm(party)
        if is_taken and own is not None:
            self.given[self.given.index(own)] = replace(own, confirmed_at=self.now)
            self.look()

    @rule(party=PARTIES)
    def take_back(self, party: str) -> None:
        own = self.standing(party)
        is_taken = not self.adopted and own is not None
        assert is_taken == self.book.take_back(party)
        if is_taken and own is not None:
            self.void(own)

    @invariant()
    def it_is_adopted_by_those_whose_consent_it_needs_and_by_nobody_else(self) -> None:
        if not hasattr(self, "book"):
            return
        assert self.adopted == (self.book.adopted_at is not None)
        if not self.adopted:
            full = {party for party, word in self.book.signed.items() if word == "full"}
            assert signed_by(self.given, self.terms.content_hash, self.now) == full


TestSilences = SilenceMachine.TestCase
TestSilences.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
TestSignatures = SignatureMachine.TestCase
TestSignatures.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
