"""Each case breaks a small catalogue in one place and names the line that must be told."""

# ruff: noqa: E501 a case is one line, so that the table can be read down its columns
from __future__ import annotations

import functools
import re
import time
from pathlib import Path

import pytest

from app.domain.catalogue import CatalogueError, Mechanism, from_facts, read_catalogue
from app.domain.errors import Refusal

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).with_name("small_catalogue").iterdir()}


def broken(file: str, old: str, new: str, *, after: str = "") -> tuple[dict[str, str], int]:
    """Return the texts with one replacement, and the line on which it begins."""
    text = TEXTS[file]
    at = text.index(old, text.index(after))
    changed = text[:at] + new + text[at + len(old) :]
    leading = len(new) - len(new.lstrip("\n"))
    return {**TEXTS, file: changed}, changed[: at + leading].count("\n") + 1


def problems_of(texts):
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(texts)
    return [(problem.file, problem.line, problem.reason) for problem in caught.value.problems]


M, P, C, R, S, K = (
    "mechanisms.yaml",
    "parties.yaml",
    "commitments.yaml",
    "recommendations.yaml",
    "sources.yaml",
    "calendar.yaml",
)

CASES = [
    # what YAML itself would let pass
    (M, "", "    code: un-coordination", "    code: un-coordination\n    code: other", "the key code is already there, on line 13", 1),
    (M, "", "    prefix: UNC", "    prefix: NO", "NO is read as true or false by YAML; write that, or put it in quotes", 0),
    (M, "ref: M01", "date: '2016-06-29'", "date: 2016-06-29", "2016-06-29: a date is written in quotes", 0),
    (M, "ref: M01", "acronym: null", "acronym: ~", "nothing is written here; write null where nothing is known", 0),
    (M, "ref: M01", "acronym: null", "acronym:", "nothing is written here; write null where nothing is known", 0),
    (M, "ref: M01", "period_months: 12", "period_months: 0x0c", "0x0c is not a plain whole number; put it in quotes if it is text", 0),
    (M, "ref: M01", "period_months: 12", "period_months: 12.0", "12.0 is not a plain whole number; put it in quotes if it is text", 0),
    (M, "ref: M01", "level_attested: true", "level_attested: yes", "yes is read as true or false by YAML; write that, or put it in quotes", 0),
    (M, "", "    prefix: UNC", "    prefix: !!python/name:os.system x", "the tag python/name:os.system is not used in the catalogue", 0),
    (M, "ref: M02", "    forums: []\n", "    yes: 1\n    forums: []\n", "a key must be text (in quotes where YAML would read it as something else)", 0),
    # keys
    (M, "ref: M02", "    open_to: null", "    opens_to: null", "unknown key opens_to", 0),
    (K, "", "\n    observed: false\n    note: null", "\n    observed: false", "the key note is missing", -7),
    (M, "ref: M02", "\n      fr: Dialogue nord-américain sur la politique en matière de drogues", "", "the key fr is missing", -2),
    (M, "ref: M02", "      es: Diálogo", "      de: Dialog", "unknown key de", 0),
    # types, words, dates, forms
    (M, "ref: M01", "minimum_meetings: 2", "minimum_meetings: 0", "0 is not between 1 and 366", 0),
    (M, "ref: M01", "minimum_meetings: 2", "minimum_meetings: -2", "-2 is not between 1 and 366", 0),
    (M, "ref: M01", "minimum_meetings: 2", "minimum_meetings: two", "a whole number is expected, not 'two'", 0),
    (M, "ref: M01", "minimum_meetings: 2", "minimum_meetings: true", "a whole number is expected, not true", 0),
    (M, "ref: M01", "period_months: 12", "period_months: 241", "241 is not between 1 and 240", 0),
    (M, "ref: M01", "anchor: calendar_year", "anchor: yearly", "'yearly' is not one of calendar_year, rolling", 0),
    (M, "ref: M01", "status: agreed", "status: lively", "'lively' is not one of proposed, agreed, active, stalled, dormant, concluded", 0),
    (M, "ref: M01", "status: agreed", "status: null", "null is not one of proposed, agreed, active, stalled, dormant, concluded", 0),
    (M, "ref: M01", "date: '2016-06-29'", "date: '2016-06-31'", "'2016-06-31' is not a date written YYYY, YYYY-MM or YYYY-MM-DD", 0),
    (M, "ref: M02", "starts_on: '2019-12-05'", "starts_on: '2019-12'", "'2019-12' is not a date written YYYY-MM-DD", 0),
    (M, "ref: M01", "open_to: null", "open_to: ''", "the text is empty; write null where nothing is known", 0),
    (M, "ref: M01", "open_to: null", "open_to: 'all '", "'all ' begins or ends with a space", 0),
    (M, "ref: M01", "open_to: null", 'open_to: "all\\u202e"', "the text holds a control character", 0),
    (M, "ref: M01", "open_to: null", 'open_to: "all\\tof"', "the text holds a control character", 0),
    (M, "ref: M01", "open_to: null", "open_to: 5", "text is expected, not 5", 0),
    (M, "ref: M01", "guests: []", "guests: none", "a list is expected, not 'none'", 0),
    (M, "ref: M01", "hosting:\n", "hosting: free\n    x:\n", "keys and values are expected, not 'free'", 0),
    (M, "ref: M01", "forums:\n      - UN", "forums:\n      - UN\n      - UN", "'UN' is already in this list", 2),
    (M, "", "  - ref: M01", "  - ref: M1", "'M1' is not M and two digits", 0),
    (M, "", "    prefix: UNC", "    prefix: U-N", "'U-N' is not two to ten capitals", 0),
    (M, "", "    prefix: UNC", "    prefix: ADH", "ADH is kept for what belongs to no mechanism", 0),
    (M, "", "code: un-coordination", "code: UN coordination", "'UN coordination' is not lower-case words joined by hyphens", 0),
    (P, "", "time_zone: America/Toronto", "time_zone: America/Ottawa", "'America/Ottawa' is not a time zone", 0),
    (M, "", "version: 1", "version: 2", "2 is not between 1 and 1", 0),
    # names that must be unique
    (M, "", "code: drug-dialogue", "code: un-coordination", "the code of a mechanism or forum un-coordination is already there (mechanisms.yaml, line 13)", 0),
    (M, "", "prefix: NALS", "prefix: NADD", "the prefix NADD is already there (mechanisms.yaml, line 95)", 0),
    (S, "", "  - id: abarloventoinforma.com", "  - id: aa.com.tr", "the source aa.com.tr is already there (sources.yaml, line 49)", 0),
    # names that must exist
    (M, "ref: M01", "    forums:\n      - UN", "    forums:\n      - UNO", "there is no party 'UNO'", 1),
    (M, "ref: M01", "parent: M04", "parent: M56", "there is no mechanism 'M56'", 0),
    (M, "ref: M01", "        - CA-GAC", "        - CA-GAX", "there is no office 'CA-GAX'", 0),
    (C, "", "mechanism: M01", "mechanism: M99", "there is no mechanism 'M99'", 0),
    (R, "", "      - M04", "      - M88", "there is no mechanism 'M88'", 0),
    (M, "label: NADD 5", "source: whitehouse.gov", "source: whitehouse.org", "there is no source 'whitehouse.org'", 0),
    (M, "ref: M01", "pointer: 'S0:26; S0:58-60; S0:160'", "pointer: 'S0:26; S0:213'", "S0:213 points to no lines of a paper", 0),
    (M, "ref: M01", "pointer: 'S0:26; S0:58-60; S0:160'", "pointer: S0:60-58", "S0:60-58 points to no lines of a paper", 0),
    # fields that contradict each other
    (M, "label: NADD 4", "ends_on: '2019-12-06'", "ends_on: '2019-12-04'", "ends before it starts", 0),
    (M, "label: NADD 4", "known_on: '2019-12-05'", "known_on: '2019-11'", "does not agree with starts_on", 0),
    (M, "label: NADD 4", "source: imperialvalleynews.com; abarloventoinforma.com", "source: null", "what is attested needs a source", 0),
    (M, "ref: M05", "parties:\n      - MX\n      - US", "parties:\n      - MX", "a mechanism has two parties or more", 0),
    (M, "ref: M07", "geometry: trilateral", "geometry: bilateral", "a bilateral mechanism of three parties runs by pairs, and none is given", 5),
    (M, "ref: M06", "geometry: bilateral", "geometry: trilateral", "trilateral needs three parties", 0),
    (M, "ref: M02", "rotation_attested: false\n      note: Order", "rotation_attested: maybe\n      note: Order", "true or false is expected, not 'maybe'", 0),
    (M, "ref: M01", "rotation_attested: false", "rotation_attested: true", "an order that is not given cannot be attested", 0),
    (M, "ref: M02", "guests:\n      - BE", "guests:\n      - US", "US cannot be party and guest", 0),
    (M, "ref: M02", "rotation:\n        - CA", "rotation:\n        - NL", "NL hosts and is not a party", -1),
    (M, "ref: M02", "related: []", "related:\n      - M02", "a mechanism is not related to itself", 0),
    (M, "ref: M05", "pairs:\n      - - MX\n        - US", "pairs:\n      - - MX\n        - CA", "MX and CA are not two of the parties", 0),
    (M, "ref: M05", "pairs:\n      - - MX\n        - US", "pairs:\n      - - MX", "a list of 2 is expected, not of 1", 1),
    (M, "ref: M05", "pairs:\n      - - MX\n        - US", "pairs:\n      - - MX\n        - US\n      - - US\n        - MX", "a pair is given twice", 0),
    (M, "ref: M05", "      CA: []", "      CA:\n        - CA-GAC", "CA is not a party", -1),
    (M, "ref: M01", "        - CA-GAC", "        - MX-SRE", "MX-SRE is not an office of CA", -2),
    (M, "ref: M01", "lead_offices_attested: []", "lead_offices_attested:\n      - CA-PM", "CA-PM does not lead", 0),
    (M, "ref: M02", "status: active", "status: proposed", "a proposal needs the paper that makes it", 2),
    (M, "ref: M02", "ordinal: 5", "ordinal: 4", "the ordinal 4 stands 2 times", -17),
    (M, "label: NADD 4", "co_hosts: []", "co_hosts:\n          - US", "US is the host already", 0),
    (M, "ref: M01", "rotation: null", "rotation: []", "an order of nobody; write null where none is known", 0),
    (M, "ref: M02", "agenda_template: null", "agenda_template: []", "a template without items; write null to use the default", 0),
    (P, "code: MX-SRE", "code: MX-SRE", "code: CA-SRE", "the office CA-SRE does not begin with MX-", -11),
    (P, "code: CA\n", "capital:\n      en: Ottawa\n      es: Ottawa\n      fr: Ottawa", "capital: null", "a core party needs a capital and a time zone", -5),
    (C, "ref: C01", "owners:\n      - CA\n      - MX\n      - US", "owners: []", "a commitment has an owner", 0),
    (K, "", "party: MX", "party: CA", "New Year's Day of CA on 2024-01-01 stands 2 times", -13),
    (C, "made_on: '2019-06-07'", "due_on: '2019-07-22'", "due_on: '2019-07-21'", "the clock ends on 2019-07-22", 0),
    (C, "ref: C01", "kind: pledge", "kind: hope", "'hope' is not one of pledge, practice, repeat", 0),
    (C, "ref: C01", "kind: pledge", "kind: repeat", "a repeat, and nothing else, names the commitment that it repeats", 1),
    (C, "ref: C12", "repeats: null", "repeats: C01", "a repeat, and nothing else, names the commitment that it repeats", 0),
    (C, "ref: C12", "kind: pledge\n    repeats: null", "kind: repeat\n    repeats: C12", "C12 repeats C12, which is no pledge", -34),
    (C, "ref: C12", "kind: pledge\n    repeats: null", "kind: repeat\n    repeats: C13", "there is no commitment 'C13'", 1),
    (K, "", "weekday: Mon", "weekday: Tue", "2024-01-01 is a Mon", 0),
]  # fmt: skip


@pytest.mark.parametrize(("file", "after", "old", "new", "reason", "below"), CASES)
def test_one_broken_place_is_told_with_its_line(file, after, old, new, reason, below):
    texts, line = broken(file, old, new, after=after)
    told = {reason: (where, at) for where, at, reason in problems_of(texts)}
    assert told.get(reason) == (file, line + below)


def test_nothing_else_is_told():
    texts, line = broken("mechanisms.yaml", "parent: M04", "parent: M56", after="ref: M01")
    assert problems_of(texts) == [("mechanisms.yaml", line, "there is no mechanism 'M56'")]


def test_all_problems_are_told_at_once_in_order():
    texts, first = broken("mechanisms.yaml", "status: agreed", "status: lively", after="ref: M01")
    text = texts["mechanisms.yaml"]
    texts["mechanisms.yaml"] = text.replace("prefix: NALS", "prefix: nals", 1).replace("level: missions", "level: 7", 1)
    texts["commitments.yaml"] = TEXTS["commitments.yaml"].replace("mechanism: M05", "mechanism: M77", 1)
    told = problems_of(texts)
    assert [reason for _, _, reason in told] == [
        "there is no mechanism 'M77'",
        "'lively' is not one of proposed, agreed, active, stalled, dormant, concluded",
        "'nals' is not two to ten capitals",
        "7 is not one of leaders, ministers, senior_officials, policy_planning, missions, agencies, military_staff, legislature",
    ]
    assert told[1][:2] == ("mechanisms.yaml", first)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty"),
        ("# nothing\n", 1, "the file is empty"),
        ("version: 1\n\tmechanisms: []\n", 2, "found character '\\t' that cannot start any token"),
        ("version: [1\n", 2, "expected ',' or ']', but got '<stream end>'"),
        ("version: 1\n---\nversion: 1\n", 2, "but found another document"),
        ("a: &x [1]\nb: *x\n", 2, "aliases are not used in the catalogue"),
        ("version: 1\nname: a\x00b\n", 2, "a character that may not stand in a text"),
        ("[" * 20_000, 1, "nested too deeply"),
        ("- 1\n", 1, "keys and values are expected, not a list"),
    ],
)
def test_what_is_no_yaml_of_ours_is_refused(text, line, reason):
    told = problems_of({**TEXTS, "mechanisms.yaml": text})
    assert ("mechanisms.yaml", line, reason) in told
    # A file that cannot be looked through must not make every name in the others unknown.
    if "expected, not a list" not in reason:
        assert len(told) == 1


def test_a_missing_and_a_foreign_file_are_told():
    texts = {name: text for name, text in TEXTS.items() if name != "sources.yaml"}
    assert problems_of({**texts, "people.yaml": "a: 1"}) == [
        ("people.yaml", 0, "not a file of the catalogue"),
        ("sources.yaml", 0, "the file is missing"),
    ]


def test_a_mechanism_cannot_stand_above_itself():
    texts, _ = broken("mechanisms.yaml", "parent: null", "parent: M01", after="ref: M04")
    reasons = [reason for _, _, reason in problems_of(texts)]
    assert "M01 stands above itself: M01 < M04 < M01" in reasons


def test_an_office_cannot_be_part_of_itself():
    texts, _ = broken("parties.yaml", "part_of: null", "part_of: CA-UN", after="code: CA-GAC")
    reasons = [reason for _, _, reason in problems_of(texts)]
    assert "CA-UN cannot be part of CA-GAC" in reasons


def test_the_refusal_is_one_that_the_edge_can_tell():
    texts, line = broken("mechanisms.yaml", "parent: M04", "parent: M56", after="ref: M01")
    with pytest.raises(Refusal) as caught:
        read_catalogue(texts)
    assert caught.value.key == "catalogue_refused"
    assert str(caught.value) == f"mechanisms.yaml:{line}: there is no mechanism 'M56'"


def test_facts_that_are_none_are_refused():
    with pytest.raises(CatalogueError) as caught:
        from_facts(Mechanism, {"ref": "M01"})
    assert "the key code is missing" in [problem.reason for problem in caught.value.problems]


def test_aliases_do_not_multiply():
    bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 8)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    begun = time.monotonic()
    assert ("mechanisms.yaml", 2, "aliases are not used in the catalogue") in problems_of(
        {**TEXTS, "mechanisms.yaml": bomb}
    )
    assert time.monotonic() - begun < 10


@functools.cache
def lines_of(file: str) -> list[str]:
    return TEXTS[file].splitlines(keepends=True)


@pytest.mark.parametrize("file", [P, C, R, S])
@pytest.mark.parametrize("part", range(4))
def test_no_line_can_be_lost_unseen(file, part):
    """Every key matters: without any one of a sample of lines the catalogue is refused, or is a shorter list."""
    lines = lines_of(file)
    keyed = [number for number, line in enumerate(lines) if re.match(r" {4,}[a-z_]+: \S", line)]
    for number in keyed[part :: max(1, len(keyed) // 4)]:
        if lines[number].strip().split(":")[0] in {"city", "time_zone"}:
            continue
        text = "".join(lines[:number] + lines[number + 1 :])
        assert problems_of({**TEXTS, file: text}), (file, number + 1)
