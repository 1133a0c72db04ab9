"""The text filter of actions: what it means, in each language, what it refuses, and that it is written back as read."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import action_query_words as vocabulary
from app.domain.action_query import OWN, WORD, ActionQuery, Term, days_of, parse, written
from app.domain.errors import Refusal

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("party:MX", (Term("party", ("MX",)),)),
        ("parte:mx,US", (Term("party", ("MX", "US")),)),
        ("partie:CA -état:fait", (Term("party", ("CA",)), Term("is", ("done",), negated=True))),
        ("is:overdue estado:vencida", (Term("is", ("overdue",)),)),
        ("état:en retard Nassau", (Term("is", ("overdue",)), Term(WORD, ("Nassau",)))),
        ('etat:"EN  RETARD",ouverte', (Term("is", ("overdue", "open")),)),
        ("is:under-way,under_way", (Term("is", ("under_way",)),)),
        ("due:<2027-01-01", (Term("due", ("2027-01-01",), sign="<"),)),
        ("vence<=2027-03 échéance:>=2026", (Term("due", ("2027-03",), sign="<="), Term("due", ("2026",), sign=">="))),
        ("due:2027-01..2027-03-10", (Term("due", ("2027-01..2027-03-10",)),)),
        ("vence:hoy,sin_plazo", (Term("due", ("0d", "none")),)),
        ("due:<2w due:>-7d", (Term("due", ("14d",), sign="<"), Term("due", ("-7d",), sign=">"))),
        ("quiet:30 -silencio:<7d", (Term("quiet", ("30",), sign=">"), Term("quiet", ("7",), negated=True, sign="<"))),
        ("@me -@nosotros @MOI", (Term(OWN, ("me",)), Term(OWN, ("us",), negated=True))),
        ("serves:c02 office:mx-sre", (Term("serves", ("C02",)), Term("office", ("MX-SRE",)))),
        ("mechanism:Drug-Dialogue", (Term("mechanism", ("drug-dialogue",)),)),
        ("tipo:tarea prioridad:alta horizonte:largo_plazo", (Term("kind", ("task",)), Term("priority", ("high",)),
                                                             Term("horizon", ("long_term",)))),
        ('person:"Ana Robles, the elder",Bo', (Term("person", ("Ana Robles, the elder", "Bo")),)),
        ('border “due: soon” -"of it"', (Term(WORD, ("border",)), Term(WORD, ("due: soon",)),
                                         Term(WORD, ("of it",), negated=True))),
        ("border-crossing - x", (Term(WORD, ("border-crossing",)), Term(WORD, ("-",)), Term(WORD, ("x",)))),
    ],
)  # fmt: skip
def test_what_a_text_means(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text).terms == terms


@pytest.mark.parametrize(
    ("text", "language", "key", "values"),
    [
        ("colour:red", "en", "query_unknown_key", {"word": "colour", "allowed": ", ".join(vocabulary.KEYS)}),
        ("color:rojo", "es", "query_unknown_key", {"word": "color", "allowed": ", ".join(vocabulary.keys_said("es"))}),
        ("is:late-ish", "en", "query_unknown_value", {"word": "late-ish", "term": "is"}),
        ("état:tard", "fr", "query_unknown_value", {"word": "tard", "term": "état"}),
        ("due:<2027-13", "en", "query_not_a_day", {"word": "2027-13"}),
        ("due:2027-02-29", "en", "query_not_a_day", {"word": "2027-02-29"}),
        ("due:none..2027", "en", "query_not_a_day", {"word": "none..2027"}),
        ("due:<none", "en", "query_sign", {"word": "due:<none", "term": "due"}),
        ("due:<2026,2027", "en", "query_sign", {"term": "due"}),
        ("party:<MX", "en", "query_sign", {"term": "party"}),
        ("party:", "en", "query_no_value", {"word": "party"}),
        ("party:MX,", "en", "query_no_value", {"word": "party"}),
        ("party:México", "en", "query_not_a_code", {"word": "México", "term": "party"}),
        ("quiet:soon", "en", "query_not_days", {"word": "soon"}),
        ("quiet:>=30", "en", "query_not_days", {}),
        ("@them", "en", "query_unknown_own", {"word": "@them", "allowed": "@me, @us"}),
        ("@them", "fr", "query_unknown_own", {"allowed": "@moi, @nous"}),
        ('the "border', "en", "query_open_quote", {"word": '"border'}),
        ('""', "en", "query_no_value", {"word": '""'}),
        ("x" * 1001, "en", "query_too_long", {"limit": 1000}),
        (" ".join(f"a{number}" for number in range(31)), "en", "query_too_many", {"limit": 30}),
    ],
)
def test_each_refusal_says_which_word_and_what_is_allowed(
    text: str, language: str, key: str, values: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text, language)
    assert (refused.value.key, refused.value.field) == (key, "q")
    assert values.items() <= refused.value.values.items()
    assert refused.value.values["word"]


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2027", dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
        ("2027-02", dt.date(2027, 2, 1), dt.date(2027, 2, 28)),
        ("2026-12", dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        ("9999-12", dt.date(9999, 12, 1), dt.date(9999, 12, 31)),
        ("2027-03-01", dt.date(2027, 3, 1), dt.date(2027, 3, 1)),
        ("7d", dt.date(2026, 11, 29), dt.date(2026, 11, 29)),
        ("-22d", dt.date(2026, 10, 31), dt.date(2026, 10, 31)),
        ("0d..2027", TODAY, dt.date(2027, 12, 31)),
    ],
)
def test_the_days_that_a_value_means(value: str, first: dt.date, last: dt.date) -> None:
    assert days_of(value, TODAY) == (first, last)


def test_a_control_shows_one_value_and_replaces_it_in_its_place() -> None:
    query = parse("border party:MX due:<7d is:open,done -kind:task")
    assert [query.value(key) for key in ("party", "due", "is", "kind", "office")] == ["MX", "<7d", None, None, ""]
    assert written(query.with_value("party", "US")) == "border party:US due:<7d is:open,done -kind:task"
    assert written(query.with_value("is", "")) == "border party:MX due:<7d -kind:task"
    assert written(query.with_value("office", "SRE")).endswith("office:SRE")
    with pytest.raises(Refusal, match="query_unknown_value"):
        query.with_value("is", "nonsense")


# Properties ---------------------------------------------------------------------------------------

_CODES = st.from_regex(r"[A-Z0-9][A-Z0-9.\-]{0,9}", fullmatch=True)
_DAYS = st.dates(dt.date(1900, 1, 1)).map(dt.date.isoformat) | st.integers(-999, 999).map("{}d".format)
_TEXTS = st.text(max_size=20).map(
    lambda text: " ".join("".join(each for each in text if each.isprintable() and each != '"').split())
).filter(vocabulary.folded)  # fmt: skip


def _several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    key = draw(st.sampled_from([*vocabulary.KEYS, OWN, WORD]))
    negated = draw(st.booleans())
    if key == "due":
        sign = draw(st.sampled_from(["=", "<", "<=", ">", ">="]))
        if sign != "=":
            return Term(key, (draw(_DAYS),), negated, sign)
        ranges = st.tuples(_DAYS, _DAYS).map("..".join)
        return Term(key, draw(_several(_DAYS | ranges | st.just("none"))), negated)
    if key == "quiet":
        return Term(key, (str(draw(st.integers(0, 9999))),), negated, draw(st.sampled_from("<>")))
    values = {
        OWN: st.sampled_from(["me", "us"]).map(lambda own: (own,)),
        WORD: _TEXTS.map(lambda text: (text,)),
        "person": _several(_TEXTS),
        "mechanism": _several(_CODES.map(str.lower)),
    }.get(key)
    if values is None:
        known = vocabulary.VALUES.get(key)
        values = _several(st.sampled_from(list(known)) if known else _CODES)
    return Term(key, draw(values), negated)


@given(st.lists(terms(), max_size=5, unique=True), st.sampled_from(vocabulary.LANGUAGES))
def test_what_is_written_is_read_back_as_it_was(found: list[Term], language: str) -> None:
    query = ActionQuery(tuple(found))
    text = written(query, language)
    assert parse(text, language) == query
    assert written(parse(text), language) == text


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with contextlib.suppress(Refusal):
        query = parse(text)
        # What was read is written in a form that is read the same, which no refusal may stop.
        again = parse_again(written(query))
        assert again == query


def parse_again(text: str) -> ActionQuery:
    try:
        return parse(text)
    except Refusal as refused:
        raise AssertionError(text) from refused


def test_every_word_of_every_language_stands_for_one_thing() -> None:
    for table in (vocabulary.KEYS, *vocabulary.VALUES.values(), vocabulary.OWN):
        heard: dict[str, str] = {}
        for key, names in table.items():
            for word in (word for said in names.values() for word in said):
                folded = vocabulary.folded(word).replace("_", " ")
                assert heard.setdefault(folded, key) == key, word
