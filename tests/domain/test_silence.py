"""What a silence is at an instant, as tables: at the end itself, after it, with what was reported, early, extended."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app.domain.errors import Refusal
from app.domain.silence import (
    Reported,
    SilenceFacts,
    SilenceState,
    check_answer,
    check_circulation,
    check_extension,
    check_standing,
    end_after,
    is_to_remind,
    said_nothing,
    verdict,
)

END = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
BEGIN = END - 4 * DAY
PARTIES = frozenset({"CA", "MX", "US"})
CIRCULATED = SilenceFacts(PARTIES, 72, END, receipts={"MX": BEGIN})
RUNNING = replace(CIRCULATED, ends_at=END, receipts=dict.fromkeys(PARTIES, BEGIN))


def objects(at: dt.datetime) -> SilenceFacts:
    return replace(RUNNING, objections=(("CA", at),))


def reported(settled_at: dt.datetime | None, ruling: str | None = None) -> SilenceFacts:
    word = None if ruling is None else "objection" if ruling == "objection" else "no_objection"
    return replace(RUNNING, reported=(Reported("CA", BEGIN + HOUR, settled_at, word),))  # type: ignore[arg-type]


def agreed(*instants: dt.datetime) -> SilenceFacts:
    return replace(RUNNING, agreements=dict(zip(sorted(PARTIES), instants, strict=False)))


@pytest.mark.parametrize(
    ("facts", "now", "state", "at"),
    [
        (CIRCULATED, END - TICK, "circulated", None),
        (CIRCULATED, END, "lapsed", END),
        (CIRCULATED, END + 9 * DAY, "lapsed", END),
        (RUNNING, END - TICK, "running", END),
        (RUNNING, END, "adopted", END),
        (RUNNING, END + 30 * DAY, "adopted", END),  # the server was down: nothing of it is another
        (objects(END - TICK), END - TICK, "broken", END - TICK),
        (objects(END - TICK), END + DAY, "broken", END - TICK),
        (objects(END), END, "adopted", END),
        (objects(END + TICK), END + DAY, "adopted", END),
        (replace(CIRCULATED, objections=(("MX", BEGIN + HOUR),)), END + DAY, "broken", BEGIN + HOUR),
        (reported(None), END - HOUR, "held", END),
        (reported(None), END + DAY, "held", END),
        (reported(END - HOUR, "no_objection"), END - TICK, "running", END),
        (reported(END - HOUR, "no_objection"), END, "adopted", END),
        (reported(END + HOUR, "no_objection"), END + HOUR, "adopted", END + HOUR),
        (reported(END - HOUR, "objection"), END, "broken", END - HOUR),
        (reported(END + HOUR, "objection"), END + DAY, "broken", END + HOUR),
        (replace(CIRCULATED, reported=reported(None).reported), END - HOUR, "held", None),
        (replace(CIRCULATED, reported=reported(None).reported), END, "lapsed", END),
        (replace(RUNNING, withdrawn_at=END - HOUR), END + DAY, "withdrawn", END - HOUR),
        (replace(reported(None), withdrawn_at=END + HOUR), END + DAY, "withdrawn", END + HOUR),
        (agreed(BEGIN + HOUR, BEGIN + 2 * HOUR), END - TICK, "running", END),
        (agreed(BEGIN + HOUR, BEGIN + 3 * HOUR, BEGIN + 2 * HOUR), END - DAY, "adopted", BEGIN + 3 * HOUR),
        (replace(agreed(BEGIN + HOUR), objections=(("CA", BEGIN + 2 * HOUR),)), END, "broken", BEGIN + 2 * HOUR),
        # At one instant the last agreement and an objection: not adopted.
        (
            replace(agreed(BEGIN, BEGIN, BEGIN + HOUR), objections=(("US", BEGIN + HOUR),)),
            END,
            "broken",
            BEGIN + HOUR,
        ),
        # All agreed, but something reported of one of them waits: held, and never adopted by what was reported.
        (replace(agreed(BEGIN, BEGIN, BEGIN), reported=reported(None).reported), END + DAY, "held", END),
    ],
)
def test_what_a_silence_is(facts: SilenceFacts, now: dt.datetime, state: SilenceState, at: dt.datetime | None) -> None:
    found = verdict(facts, now)
    assert (found.state, found.at) == (state, at)


def test_a_reported_agreement_of_all_adopts_nothing_early() -> None:
    told = tuple(Reported(party, BEGIN, BEGIN + HOUR, "no_objection") for party in sorted(PARTIES))
    assert verdict(replace(RUNNING, reported=told), END - TICK).state == "running"


@pytest.mark.parametrize(
    ("last_receipt", "end"),
    [(END - 72 * HOUR, END), (END - 72 * HOUR - TICK, END), (END - HOUR, END + 71 * HOUR)],
)
def test_the_last_receipt_fixes_the_end(last_receipt: dt.datetime, end: dt.datetime) -> None:
    assert end_after(END, 72, last_receipt) == end


def test_who_has_said_nothing() -> None:
    assert said_nothing(reported(None)) == PARTIES  # what is reported is nobody's word
    assert said_nothing(agreed(BEGIN)) == {"MX", "US"}


@pytest.mark.parametrize(
    ("facts", "party", "now", "key"),
    [
        (RUNNING, "CA", END - TICK, None),
        (RUNNING, "CA", END, "silence_is_over"),
        (reported(None), "CA", END, "silence_too_late"),
        (reported(None), "US", END + DAY, "silence_too_late"),
        (RUNNING, "GT", END - HOUR, "silence_not_asked"),
        (objects(BEGIN + HOUR), "US", BEGIN + 2 * HOUR, "silence_is_over"),
        (CIRCULATED, "US", BEGIN + HOUR, None),
    ],
)
def test_when_a_word_counts(facts: SilenceFacts, party: str, now: dt.datetime, key: str | None) -> None:
    assert refused(lambda: check_answer(facts, party, now)) == key


@pytest.mark.parametrize(
    ("facts", "new_end", "now", "key"),
    [
        (RUNNING, END + DAY, END - TICK, None),
        (RUNNING, END + DAY, END, "silence_is_over"),
        (reported(None), END + DAY, END, "silence_too_late"),
        (RUNNING, END, END - HOUR, "silence_not_later"),
        (RUNNING, END - TICK, END - HOUR, "silence_not_later"),
        (CIRCULATED, END + DAY, END - TICK, None),
        (CIRCULATED, END + DAY, END, "silence_is_over"),
        (RUNNING, END + 91 * DAY, END - HOUR, "silence_too_far"),
    ],
)
def test_when_it_may_be_extended(facts: SilenceFacts, new_end: dt.datetime, now: dt.datetime, key: str | None) -> None:
    assert refused(lambda: check_extension(facts, new_end, now)) == key


@pytest.mark.parametrize(
    ("until", "hours", "parties", "opted_in", "key"),
    [
        (END, 72, {"CA", "MX", "US"}, {"CA", "MX", "US"}, None),
        (END, 72, {"MX", "US"}, {"CA", "MX", "US"}, None),
        (END, 72, {"CA", "MX", "US"}, {"CA", "MX"}, "silence_not_opted_in"),
        (END, 72, {"CA", "MX", "US"}, None, "silence_needs_mechanism"),
        (END, 72, {"MX"}, {"MX"}, "silence_alone"),
        (BEGIN, 72, {"MX", "US"}, {"MX", "US"}, "silence_in_the_past"),
        (BEGIN - TICK, 72, {"MX", "US"}, {"MX", "US"}, "silence_in_the_past"),
        (END + 91 * DAY, 72, {"MX", "US"}, {"MX", "US"}, "silence_too_far"),
        (END, 0, {"MX", "US"}, {"MX", "US"}, "silence_hours"),
        (END, 2161, {"MX", "US"}, {"MX", "US"}, "silence_hours"),
    ],
)
def test_what_may_go_under_silence(
    until: dt.datetime, hours: int, parties: set[str], opted_in: set[str] | None, key: str | None
) -> None:
    found = refused(lambda: check_circulation(until, hours, BEGIN, parties=parties, opted_in=opted_in))
    assert found == key


def test_what_is_over_says_what_it_is() -> None:
    with pytest.raises(Refusal) as caught:
        check_standing(RUNNING, END + HOUR)
    assert caught.value.values == {"state": "adopted", "at": END}


@pytest.mark.parametrize(
    ("facts", "now", "is_due"),
    [
        (RUNNING, END - DAY - TICK, False),
        (RUNNING, END - DAY, True),
        (RUNNING, END - TICK, True),
        (RUNNING, END, False),
        (objects(END - 2 * DAY), END - HOUR, False),
        (CIRCULATED, END - HOUR, False),
    ],
)
def test_when_to_remind(facts: SilenceFacts, now: dt.datetime, is_due: bool) -> None:
    assert is_to_remind(facts, now) is is_due


def refused(act: object) -> str | None:
    try:
        act()  # type: ignore[operator]
    except Refusal as refusal:
        return refusal.key
    return None
