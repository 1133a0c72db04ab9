"""What is sealed for one delegation opens with its key, in its place, unaltered, and not otherwise."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select
from sqlalchemy.exc import StatementError

from app.keys import KeyMissing, KeyRing, Tampered
from app.models.sealed import KeysNotSet, Private, Sealed, use_keys

CANARY = "Mexico would accept Thursday — cañón"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return KeyRing(folder)


def key_files(folder: Path, owner: str) -> list[Path]:
    return sorted((folder / owner).glob("*.key"))


def test_what_was_sealed_opens(ring: KeyRing):
    sealed = ring.seal("MX", CANARY.encode(), b"drafts.content")
    assert ring.open(sealed, b"drafts.content").decode() == CANARY
    assert ring.owner_of(sealed) == "MX"


@pytest.mark.parametrize("plaintext", [b"", b"x", b"x" * 1_000_000])
def test_any_length_is_sealed(ring: KeyRing, plaintext: bytes):
    assert ring.open(ring.seal("secretariat", plaintext, b""), b"") == plaintext


def test_sealed_bytes_do_not_show_the_text(ring: KeyRing, folder: Path):
    sealed = ring.seal("MX", CANARY.encode(), b"drafts.content")
    assert b"Thursday" not in sealed
    assert all(path.read_bytes() not in sealed for path in key_files(folder, "MX"))
    assert ring.seal("MX", CANARY.encode(), b"drafts.content") != sealed


def test_another_place_does_not_open(ring: KeyRing):
    sealed = ring.seal("MX", b"text", b"drafts.content")
    for context in (b"", b"drafts.title", b"drafts.content "):
        with pytest.raises(Tampered):
            ring.open(sealed, context)


def test_every_altered_byte_is_noticed(ring: KeyRing):
    sealed = ring.seal("MX", b"text", b"c")
    assert len(sealed) == 1 + 1 + 2 + 16 + 12 + 48 + 12 + (4 + 16)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises((Tampered, KeyMissing)):
            ring.open(bytes(altered), b"c")


PARTS = (1, 1, 2, 16, 12, 48, 12)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """Return a ring whose keys are made, for properties that ask it often."""
    return KeyRing(tmp_path_factory.mktemp("kept"))


@given(
    text=st.binary(max_size=200), context=st.binary(max_size=40), at=st.integers(0, 10_000),
    cut=st.integers(0, 3), put=st.binary(max_size=3),
)  # fmt: skip
def test_nothing_that_was_changed_opens(kept: KeyRing, text: bytes, context: bytes, at: int, cut: int, put: bytes):
    sealed = kept.seal("MX", text, context)
    assert kept.open(sealed, context) == text
    start = at % (len(sealed) + 1)
    altered = sealed[:start] + put + sealed[start + cut :]
    assume(altered != sealed)
    with pytest.raises((Tampered, KeyMissing)):
        kept.open(altered, context)


@given(text=st.binary(max_size=50), context=st.binary(max_size=20), other=st.binary(max_size=20))
def test_it_opens_in_its_own_place_alone(kept: KeyRing, text: bytes, context: bytes, other: bytes):
    assume(context != other)
    with pytest.raises(Tampered):
        kept.open(kept.seal("MX", text, context), other)


@given(st.lists(st.sampled_from(("own", "same owner's", "another owner's")), min_size=8, max_size=8))
def test_parts_of_several_seals_make_none(kept: KeyRing, chosen: list[str]):
    seals = {
        "own": kept.seal("MX", b"text", b"c"), "same owner's": kept.seal("MX", b"text", b"c"),
        "another owner's": kept.seal("US", b"text", b"c"),
    }  # fmt: skip
    starts = [sum(PARTS[:number]) for number in range(len(PARTS) + 1)]
    ends = [*starts[1:], None]
    mixed = b"".join(seals[name][start:end] for name, start, end in zip(chosen, starts, ends, strict=True))
    assume(mixed not in seals.values())
    with pytest.raises((Tampered, KeyMissing)):
        kept.open(mixed, b"c")


def test_what_is_cut_or_lengthened_is_noticed(ring: KeyRing):
    sealed = ring.seal("MX", b"text", b"c")
    for damaged in (*(sealed[:length] for length in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(Tampered):
            ring.open(damaged, b"c")


def test_another_delegation_named_on_the_envelope_does_not_open_it(ring: KeyRing, folder: Path):
    ring.seal("US", b"x", b"c")
    sealed = ring.seal("MX", b"text", b"c")
    (us_key,) = key_files(folder, "US")
    relabelled = sealed[:2] + b"US" + bytes.fromhex(us_key.stem) + sealed[20:]
    assert ring.owner_of(relabelled) == "US"
    with pytest.raises(Tampered):
        ring.open(relabelled, b"c")


def test_a_delegation_cannot_open_what_another_sealed(tmp_path: Path):
    sealed = KeyRing(tmp_path / "theirs").seal("MX", b"text", b"c")
    with pytest.raises(KeyMissing) as missing:
        KeyRing(tmp_path / "ours").open(sealed, b"c")
    assert missing.value.owner == "MX"
    assert not (tmp_path / "ours").exists()


def test_another_process_opens_with_the_same_folder(ring: KeyRing, folder: Path):
    assert KeyRing(folder).open(ring.seal("CA", b"text", b"c"), b"c") == b"text"


def test_keys_are_for_this_user_alone(ring: KeyRing, folder: Path):
    ring.seal("MX", b"text", b"c")
    ring.rotate("MX")
    modes = {path.relative_to(folder).parts[0]: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {"MX": 0o700}
    files = list((folder / "MX").iterdir())
    assert sorted(path.suffix for path in files) == ["", ".key", ".key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.stat().st_size for path in key_files(folder, "MX")} == {32}


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens(ring: KeyRing, folder: Path):
    other_process = KeyRing(folder)
    old = other_process.seal("MX", b"old", b"c")
    (old_key,) = key_files(folder, "MX")
    new_id = ring.rotate("MX")
    new = other_process.seal("MX", b"new", b"c")
    assert new[4:20].hex() == new_id != old_key.stem
    assert ring.open(old, b"c") == b"old"
    assert ring.open(new, b"c") == b"new"
    old_key.unlink()
    fresh = KeyRing(folder)
    assert fresh.open(new, b"c") == b"new"
    with pytest.raises(KeyMissing):
        fresh.open(old, b"c")


def test_rotation_can_come_first(ring: KeyRing, folder: Path):
    key_id = ring.rotate("US")
    ring.seal("US", b"x", b"c")
    assert [path.stem for path in key_files(folder, "US")] == [key_id]


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_key_is_not_used(ring: KeyRing, folder: Path, content: bytes):
    sealed = ring.seal("MX", b"text", b"c")
    key_files(folder, "MX")[0].write_bytes(content)
    fresh = KeyRing(folder)
    with pytest.raises(KeyMissing):
        fresh.open(sealed, b"c")
    with pytest.raises(KeyMissing):
        fresh.seal("MX", b"text", b"c")


def test_a_damaged_pointer_to_the_current_key_is_not_followed(ring: KeyRing, folder: Path):
    ring.seal("MX", b"text", b"c")
    (folder / "MX" / "current").write_text("../US/0")
    with pytest.raises(KeyMissing):
        ring.seal("MX", b"text", b"c")


@pytest.mark.parametrize("owner", ["", "M", "mx", "MEXICO_CITY", "ABCDEFGHI", "../MX", "MX\n", "Secretariat", "ÑX"])
def test_what_is_no_delegation_has_no_key(ring: KeyRing, folder: Path, owner: str):
    with pytest.raises(ValueError, match="is no code of a delegation"):
        ring.seal(owner, b"text", b"c")
    assert not folder.exists()


def _seal_once(folder: Path, number: int) -> bytes:
    return KeyRing(folder).seal("MX", str(number).encode(), b"c")


def test_processes_that_need_the_first_key_at_once_agree_on_one(folder: Path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        sealed = pool.starmap(_seal_once, [(folder, number) for number in range(8)], chunksize=1)
    assert [KeyRing(folder).open(one, b"c") for one in sealed] == [str(number).encode() for number in range(8)]
    assert len(key_files(folder, "MX")) == 1
    assert len(list((folder / "MX").iterdir())) == 2


@pytest.fixture
def notes():
    engine = create_engine("sqlite://")
    table = Table(
        "notes",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("text", Sealed("notes.text")),
        Column("remark", Sealed("notes.remark")),
    )
    table.create(engine)
    with engine.connect() as connection:
        yield connection, table
    engine.dispose()


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the keys that another test gave this process, until this test is over."""
    monkeypatch.setattr("app.models.sealed._ring", None)


@pytest.fixture
def keys(no_keys: None, ring: KeyRing) -> KeyRing:
    use_keys(ring)
    return ring


def test_a_private_text_comes_back_and_is_not_in_the_database(notes, keys: KeyRing):
    connection, table = notes
    connection.execute(table.insert().values(text=Private("MX", CANARY)))
    assert connection.execute(select(table.c.text, table.c.remark)).one() == (Private("MX", CANARY), None)
    stored = connection.exec_driver_sql("select text from notes").scalar_one()
    assert isinstance(stored, bytes)
    assert b"Thursday" not in stored
    assert keys.owner_of(stored) == "MX"
    assert connection.execute(select(table.c.id).where(table.c.remark.is_(None))).all() == [(1,)]
    assert connection.execute(select(table.c.id).where(table.c.text.is_(None))).all() == []


def test_bytes_moved_to_another_column_do_not_open(notes, keys: KeyRing):
    connection, table = notes
    connection.execute(table.insert().values(text=Private("MX", CANARY)))
    connection.exec_driver_sql("update notes set remark = text")
    moved = connection.execute(select(table.c.remark)).scalar_one()
    with pytest.raises(Tampered):
        _ = moved.text


def test_without_keys_nothing_is_written_or_read(notes, no_keys: None, ring: KeyRing):
    connection, table = notes
    with pytest.raises(StatementError) as refused:
        connection.execute(table.insert().values(text=Private("MX", CANARY)))
    assert isinstance(refused.value.orig, KeysNotSet)
    assert "Thursday" not in str(refused.value)
    assert connection.exec_driver_sql("select count(*) from notes").scalar_one() == 0
    use_keys(ring)
    connection.execute(table.insert().values(text=Private("MX", CANARY)))
    use_keys(None)
    with pytest.raises(KeysNotSet):
        connection.execute(select(table.c.text)).all()


def test_a_sealed_column_is_not_searched(notes):
    _, table = notes
    for search in (
        lambda: table.c.text == Private("MX", CANARY),
        lambda: table.c.text.in_([Private("MX", CANARY)]),
        lambda: table.c.text.like("%Thursday%"),
        table.c.text.desc,
    ):
        with pytest.raises(TypeError, match="cannot be compared"):
            search()


def test_a_private_text_does_not_show_itself():
    assert repr(Private("MX", CANARY)) == "Private(owner='MX')"
    assert "Thursday" not in f"{Private('MX', CANARY)}"
