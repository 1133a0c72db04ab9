"""Entering a mechanism: codes and prefixes that betray nothing, facts that can be read, and what cannot be."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.catalogue import Mechanism, from_facts
from app.domain.errors import Refusal
from app.domain.mechanism_entry import NewMechanism, cleaned, code_of, facts_of_new, of_forum, prefix_of, suffix_of
from app.domain.meeting_content import Refused

CORE = frozenset({"CA", "MX", "US"})
KNOWN = CORE | {"GT", "BZ", "NATO", "UN"}
TODAY = dt.date(2026, 11, 22)
NAMES = {"en": "Lighthouse talks", "es": "Charlas de faros", "fr": "Pourparlers des phares"}
NEW = NewMechanism(name=NAMES, letters="LHT", parties=("CA", "MX", "US"))


@pytest.mark.parametrize(
    ("letters", "parties", "prefix"),
    [
        ("LHT", ("CA", "MX", "US"), "LHT"),
        ("lht ", ("CA", "MX", "US", "GT"), "LHT"),
        ("LHT", ("MX", "US"), "LHTMXUS"),
        ("LH", ("US", "CA"), "LHCAUS"),
        ("LHTX", ("CA", "MX", "GT"), "LHTXCAGTMX"),
        ("LH", ("CA", "MX", "GT"), "LHXCAGTMX"),
    ],
)
def test_the_prefix_of_a_mechanism_without_all_governments_carries_its_parties(letters, parties, prefix):
    assert prefix_of(letters, parties, CORE) == prefix


@pytest.mark.parametrize(
    ("letters", "key"),
    [("", "required"), ("L", "prefix_letters"), ("LHTXY", "prefix_letters"), ("L1", "prefix_letters"),
     ("ÉT", "prefix_letters"), ("ADH", "prefix_taken"), ("act", "prefix_taken"),
     ("COM", "prefix_taken")],
)  # fmt: skip
def test_letters_that_make_no_prefix(letters, key):
    with pytest.raises(Refusal) as refused:
        prefix_of(letters, CORE, CORE)
    assert (refused.value.key, refused.value.field) == (key, "letters")


def test_codes_say_the_parties_where_they_are_few():
    assert code_of("Lighthouse talks", CORE, CORE) == "lighthouse-talks"
    assert code_of("Lighthouse talks!", ("US", "MX"), CORE) == "lighthouse-talks-2-mxus"
    assert code_of("…", CORE, CORE) == "mechanism"
    assert code_of("Lighthouse talks 2 mxus", CORE, CORE) == "lighthouse-talks-2-mxus-all"
    assert len(code_of("word " * 60, ("US", "MX"), CORE)) <= 55


SETS = [set(chosen) for size in range(2, 6) for chosen in itertools.combinations(sorted(KNOWN), size)]


LETTERS = st.from_regex("[A-Z]{2,4}", fullmatch=True).filter(lambda typed: typed not in {"ADH", "ACT", "COM"})


@given(st.sampled_from(SETS), LETTERS, st.integers(2, 4))
def test_two_sets_of_parties_meet_in_a_prefix_only_where_each_government_sees_both(first, typed, count):
    """Hence a prefix that is refused tells nobody of a mechanism that they may not read."""
    prefix = prefix_of(typed, first, CORE)
    for second in SETS:
        if second != first and not (first >= CORE and second >= CORE):
            assert prefix_of(prefix[:count].ljust(2, "A"), second, CORE) != prefix


@given(st.sampled_from(SETS), st.sampled_from(SETS), st.text("abc -", max_size=6))
def test_two_sets_of_parties_meet_in_a_code_only_where_each_government_sees_both(first, second, name):
    """Hence a name that is refused tells nobody of a mechanism that they may not read, whatever words end it."""
    ending = f"{name} {len(first)} {suffix_of(first, CORE)}"
    if first != second and not (first >= CORE and second >= CORE):
        assert code_of(name, first, CORE) != code_of(ending, second, CORE)
        assert code_of(name, first, CORE) != code_of(name, second, CORE)


def test_the_longest_suffix_still_makes_a_prefix_of_references():
    assert all(len(prefix_of("ABCD", parties, CORE)) <= 10 for parties in SETS)
    assert suffix_of({"CA", "NATO", "UN"}, CORE).isalpha()


def test_its_facts_are_read_as_those_of_the_catalogue():
    new = cleaned(
        NewMechanism(
            name=NAMES, letters="LHT", parties=("US", "MX"), minimum_meetings=1, period_months=12,
            mandate_on="2026-05", instrument=" Exchange of notes ", scope_in=("lighthouses",),
        ),
        KNOWN, CORE, "MX",
    )  # fmt: skip
    facts = facts_of_new(new, "lighthouse-talks-2-mxus", "LHTMXUS", TODAY)
    read = from_facts(Mechanism, facts)
    assert (read.ref, read.prefix, read.parties, read.geometry) == ("LHTMXUS", "LHTMXUS", ("MX", "US"), "bilateral")
    assert read.cadence is not None
    assert (read.cadence.minimum_meetings, read.cadence.period_months) == (1, 12)
    assert (read.status, read.status_source, str(read.status_as_of.text)) == ("agreed", "parties", "2026-11-22")
    assert read.mandate.instrument == "Exchange of notes"
    assert read.as_facts() == facts


@pytest.mark.parametrize("forum", load_shipped().related_forums, ids=lambda forum: forum.code)
def test_every_related_forum_can_be_adopted_with_its_record(forum):
    own = next(code for code in forum.parties if code in CORE)
    new = cleaned(of_forum(forum), KNOWN | set(forum.parties), CORE, own)
    facts = facts_of_new(new, forum.code, prefix_of(new.letters, new.parties, CORE), TODAY)
    assert len(from_facts(Mechanism, facts).record) == len(forum.record) > 0


@pytest.mark.parametrize(
    ("changed", "refusals"),
    [
        ({"name": {"en": "x"}}, [("required", "name_es"), ("required", "name_fr")]),
        ({"parties": ("MX",)}, [("too_few_parties", "parties")]),
        ({"parties": ()}, [("too_few_parties", "parties"), ("needs_own_party", "parties")]),
        ({"parties": ("CA", "US")}, [("needs_own_party", "parties")]),
        ({"parties": ("MX", "ZZ")}, [("unknown_party", "parties")]),
        ({"status": "proposed"}, [("unknown_choice", "status")]),
        ({"minimum_meetings": 2}, [("required", "period_months")]),
        ({"period_months": 12}, [("required", "minimum_meetings")]),
        ({"letters": "1"}, [("prefix_letters", "letters")]),
    ],
)
def test_everything_that_cannot_be_is_said_at_once(changed, refusals):
    values = {name: getattr(NEW, name) for name in NEW.__dataclass_fields__} | changed
    with pytest.raises(Refused) as refused:
        cleaned(NewMechanism(**values), KNOWN, CORE, "MX")
    assert [(each.key, each.field) for each in refused.value.refusals] == refusals
