"""A key service of a government's own: it keeps the keys, is cut at once, and can harm nobody but by not answering."""

from __future__ import annotations

import http.client
import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.key_service import main
from app.keys import KeyMissing, KeyRing, KeyServiceDown, StillNeeded, Tampered, remote
from app.keys.wire import LONGEST_BODY
from tests.key_services import Running, entrust, lying, running, saying

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "theirs") as started:
        yield started


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[KeyRing]:
    made = KeyRing(tmp_path / "ours")
    yield made
    made.close()


@pytest.fixture
def kept(tmp_path: Path, service: Running, ring: KeyRing) -> KeyRing:
    """Return the ring with Mexico's keys at its service."""
    entrust(tmp_path / "ours", "MX", service.url, service.token)
    return ring


def test_it_seals_and_opens_and_the_key_is_theirs_alone(kept: KeyRing, service: Running, tmp_path: Path):
    sealed = kept.seal("MX", b"text", b"c")
    assert kept.open(sealed, b"c") == b"text"
    assert len(sealed) == 1 + 1 + 2 + 16 + 12 + 48 + 12 + (4 + 16)
    (key,) = (tmp_path / "theirs" / "MX").glob("*.key")
    assert sealed[4:20].hex() == key.stem
    assert sorted(path.name for path in (tmp_path / "ours" / "MX").iterdir()) == ["service.json", "token"]
    assert kept.seal("US", b"text", b"c")[2:4] == b"US"
    # The form is the same wherever the key is: with its file it opens without the service.
    service.cut()
    assert KeyRing(tmp_path / "theirs").open(sealed, b"c") == b"text"


def test_every_request_leaves_a_line_without_content(kept: KeyRing, service: Running):
    sealed = kept.seal("MX", b"canary", b"c")
    kept.open(sealed, b"c")
    key_id = sealed[4:20].hex()
    of_all = {"at": "2026-11-22T15:00:00+00:00", "owner": "MX", "status": 200, "from": "127.0.0.1"}
    assert service.lines() == [
        {**of_all, "act": "wrap", "keys": {key_id: 1}},
        {**of_all, "act": "unwrap", "keys": {key_id: 1}},
        {**of_all, "act": "unwrap", "keys": {key_id: 1}},
    ]


def test_what_is_read_beside_one_another_is_opened_in_one_request(kept: KeyRing, service: Running):
    sealed = [kept.seal("MX", str(number).encode(), b"c") for number in range(30)]
    before = len(service.lines())
    waiting = [kept.unread(each, b"c") for each in sealed]
    assert [each.open() for each in waiting] == [str(number).encode() for number in range(30)]
    assert [sum(line["keys"].values()) for line in service.lines()[before:]] == [30]
    kept.open(sealed[0], b"c")
    assert len(service.lines()) == before + 2, "what was opened once is asked for again"


def test_a_cut_holds_at_once(kept: KeyRing, service: Running):
    sealed = kept.seal("MX", b"text", b"c")
    kept.open(sealed, b"c")
    service.cut()
    for act in (lambda: kept.open(sealed, b"c"), lambda: kept.seal("MX", b"text", b"c")):
        with pytest.raises(KeyServiceDown) as down:
            act()
        assert down.value.owner == "MX"
        assert down.value.values == {"party": "MX"}
    other = kept.seal("CA", b"text", b"c")
    assert kept.open(other, b"c") == b"text"


def test_a_key_that_is_taken_away_is_gone_at_once(kept: KeyRing, tmp_path: Path):
    sealed = kept.seal("MX", b"text", b"c")
    (key,) = (tmp_path / "theirs" / "MX").glob("*.key")
    key.rename(tmp_path / key.name)
    with pytest.raises(KeyServiceDown) as down:
        kept.open(sealed, b"c")
    assert down.value.reason == "wrong_key"
    (tmp_path / key.name).rename(key)
    assert kept.open(sealed, b"c") == b"text"


def test_a_connection_that_the_service_closed_meanwhile_is_made_anew(kept: KeyRing, service: Running, tmp_path: Path):
    sealed = kept.seal("MX", b"text", b"c")
    (line,) = kept.services()["MX"]._open_lines
    line.shutdown(socket.SHUT_RDWR)
    assert kept.open(sealed, b"c") == b"text"


def test_one_that_does_not_open_leaves_the_others(kept: KeyRing):
    sealed = kept.seal("MX", b"text", b"c")
    altered = bytearray(kept.seal("MX", b"other", b"c"))
    altered[-1] ^= 1
    good, bad = kept.unread(sealed, b"c"), kept.unread(bytes(altered), b"c")
    with pytest.raises(KeyServiceDown) as down:
        bad.open()
    assert (down.value.owner, down.value.reason) == ("MX", "wrong_key")
    assert good.open() == b"text"
    with pytest.raises(KeyServiceDown):
        bad.open()


def test_every_altered_byte_is_noticed(kept: KeyRing):
    sealed = kept.seal("MX", b"text", b"c")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises((Tampered, KeyMissing, KeyServiceDown)):
            kept.open(bytes(altered), b"c")
    for context in (b"", b"d"):
        with pytest.raises(KeyServiceDown):
            kept.open(sealed, context)


# A service that is slow, down or wrong ----------------------------------------------------------------


def _drip(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _each in range(100):
        line.sendall(b" ")
        time.sleep(0.02)


def _drip_head(line: socket.socket) -> None:
    for _each in range(100):
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


GOOD_KEY = "0" * 32
WRAPPED = "A" * 80
OK = b'{"owner": "MX", "key_id": "%s", "wrapped": ["%s"]}' % (GOOD_KEY.encode(), WRAPPED.encode())
BAD = {
    "a silence": (lambda line: time.sleep(0.5), "slow"),
    "a drip": (_drip, "slow"),
    "a drip of heads": (_drip_head, "slow"),
    "an end": (lambda line: None, "unreachable"),
    "no HTTP": (lambda line: line.sendall(b"\x16\x03\x01 what?\r\n\r\n"), "garbled"),
    "no JSON": (saying(b"<html>"), "garbled"),
    "no object": (saying(b"[1]"), "garbled"),
    "nothing of it": (saying(b"{}"), "garbled"),
    "another owner": (saying(OK.replace(b"MX", b"US")), "garbled"),
    "no key id": (saying(OK.replace(GOOD_KEY.encode(), b"../../etc")), "garbled"),
    "a short key": (saying(OK.replace(b"AAAA", b"", 1)), "garbled"),
    "no base64": (saying(OK.replace(b"AAAA", b"\xc3\xa9AAA", 1)), "garbled"),
    "a number": (saying(OK.replace(b'["%s"]' % WRAPPED.encode(), b"7")), "garbled"),
    "too many": (saying(OK.replace(b'"]', b'", "%s"]' % WRAPPED.encode())), "garbled"),
    "a huge body": (saying(b" " * (LONGEST_BODY + 1)), "garbled"),
    "a deep body": (saying(b"[" * 100_000), "garbled"),
    "a redirect": (saying(OK, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/"), "refused"),
    "no entry": (saying(b"{}", "HTTP/1.1 401 Unauthorized"), "refused"),
    "an error": (saying(OK, "HTTP/1.1 500 Oh"), "refused"),
    # Its own wrapping is answered to its unwrapping: it cannot show that it opens what it wrapped.
    "a key that does not open": (saying(OK.replace(b"}", b', "data_keys": ["%s="]}' % (b"A" * 43))), "wrong_key"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_no_service_says_is_a_plain_refusal_in_a_bounded_time(
    name: str, ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(remote, "TOTAL_SECONDS", 0.2)
    answer, reason = BAD[name]
    with lying(answer) as (url, came):
        entrust(tmp_path / "ours", "MX", url, "a-token")
        begun = time.monotonic()
        for expected in (reason, "paused", "paused"):
            with pytest.raises(KeyServiceDown) as down:
                ring.seal("MX", b"text", b"c")
            assert (down.value.owner, down.value.reason) == ("MX", expected)
        assert time.monotonic() - begun < 1
        assert len(came) <= 2, "asked again"
        ring.close()


def test_a_name_that_nobody_looks_up_in_time_costs_no_more(ring: KeyRing, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(remote, "TOTAL_SECONDS", 0.2)
    entrust(tmp_path / "ours", "MX", "http://localhost:1", "a-token")

    def look_up(*_asked: object, **_how: object) -> list[object]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    begun = time.monotonic()
    with pytest.raises(KeyServiceDown) as down:
        ring.seal("MX", b"text", b"c")
    assert (down.value.reason, time.monotonic() - begun < 0.8) == ("slow", True)


def test_a_service_that_answers_again_is_asked_again(kept: KeyRing, service: Running, tmp_path: Path):
    at_hand = kept.services()["MX"]
    clock = [1000.0]
    at_hand._clock = lambda: clock[0]
    (tmp_path / "ours" / "MX" / "token").write_text("wrong")
    with pytest.raises(KeyServiceDown) as down:
        kept.seal("MX", b"text", b"c")
    assert down.value.reason == "refused"
    assert service.lines()[-1] == {
        "at": "2026-11-22T15:00:00+00:00", "owner": "MX", "act": "unknown", "status": 401, "keys": {},
        "from": "127.0.0.1",
    }  # fmt: skip
    (tmp_path / "ours" / "MX" / "token").write_text(service.token)
    assert not at_hand.answers()
    clock[0] += 16
    assert at_hand.answers()
    kept.seal("MX", b"text", b"c")


@pytest.mark.parametrize(
    "settings",
    ["", "{}", "[]", "7", '{"url": "https://keys.example"}', '{"url": "http://keys.example", "token_file": "token"}',
     '{"url": "ftp://127.0.0.1", "token_file": "token"}', '{"url": "http://[", "token_file": "token"}',
     '{"url": "http://127.0.0.1:1", "token_file": "none"}', '{"url": "http://127.0.0.1:1", "token_file": "empty"}',
     '{"url": "https://127.0.0.1:1", "token_file": "token", "ca_file": "token"}'],
)  # fmt: skip
def test_settings_that_are_none_say_so_and_send_nothing(ring: KeyRing, tmp_path: Path, settings: str):
    entrust(tmp_path / "ours", "MX", "", "a-token")
    (tmp_path / "ours" / "MX" / "empty").write_text("")
    (tmp_path / "ours" / "MX" / "service.json").write_text(settings)
    with pytest.raises(KeyServiceDown) as down:
        ring.seal("MX", b"text", b"c")
    assert down.value.reason == "settings"


# What the service itself refuses ----------------------------------------------------------------------


@pytest.fixture
def post(service: Running) -> Callable[..., tuple[int, dict[str, object]]]:
    """Return a function that sends the service anything at all."""
    address = urlsplit(service.url)

    def send(body: bytes, act: str = "/v1/wrap", **headers: str) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        connection.request("POST", act, body, {"Authorization": f"Bearer {service.token}", **headers})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        return answer.status, said

    return send


@pytest.mark.parametrize(
    ("status", "act", "asked"),
    [
        (403, "/v1/wrap", {"owner": "US", "data_keys": ["A" * 43 + "="]}),
        (403, "/v1/rotate", {}),
        (403, "/v1/keys", {"owner": ["MX"]}),
        (404, "/v1/dump", {"owner": "MX"}),
        (400, "/keys", {"owner": "MX"}),
        (400, "/v1/keys", [1]),
        (400, "/v1/wrap", {"owner": "MX"}),
        (400, "/v1/wrap", {"owner": "MX", "data_keys": []}),
        (400, "/v1/wrap", {"owner": "MX", "data_keys": ["A" * 43 + "="] * 1001}),
        (400, "/v1/wrap", {"owner": "MX", "data_keys": ["short"]}),
        (400, "/v1/unwrap", {"owner": "MX", "keys": [{"key_id": "../../token", "wrapped": "A" * 80}]}),
        (400, "/v1/retire", {"owner": "MX", "key_id": "../MX"}),
    ],
)
def test_what_it_is_not_asked_rightly_it_refuses(post, status: int, act: str, asked: object):
    assert post(json.dumps(asked).encode(), act) == (status, {})


def test_it_refuses_strangers_and_huge_bodies(post, service: Running):
    assert post(b"{}", Authorization="Bearer x")[0] == 401
    assert post(b"{}", Authorization=service.token)[0] == 401
    assert post(b"", **{"Content-Length": str(LONGEST_BODY + 1)})[0] == 413
    assert post(b"{", "/v1/keys")[0] == 400
    assert not (service.folder / "MX").exists(), "a key was made for a stranger"


def test_what_is_not_recorded_is_not_answered(kept: KeyRing, service: Running):
    sealed = kept.seal("MX", b"text", b"c")
    (service.folder / "requests.log").rename(service.folder / "old.log")
    (service.folder / "requests.log").mkdir()
    with pytest.raises(KeyServiceDown):
        kept.open(sealed, b"c")


def test_its_files_are_for_its_user_alone(kept: KeyRing, service: Running):
    kept.seal("MX", b"text", b"c")
    files = [path for path in service.folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.name for path in files} >= {"token", "requests.log", "current"}
    assert len(service.token) >= 43


# Rotation and the end of keys -------------------------------------------------------------------------


def _an_hour_ago(file: Path) -> None:
    then = time.time() - 3601
    os.utime(file, (then, then))


def test_rotated_and_set_aside_but_never_deleted_from_afar(kept: KeyRing, service: Running):
    old = kept.seal("MX", b"old", b"c")
    first = old[4:20].hex()
    second = kept.rotate("MX")
    new = kept.seal("MX", b"new", b"c")
    assert new[4:20].hex() == second == kept.keys_of("MX").current
    assert kept.open(old, b"c") == b"old"
    (again,) = kept.reseal("MX", [(old, b"c")])
    assert again is not None
    assert again[4:20].hex() == second
    assert kept.open(again, b"c") == b"old"
    for key_id in (first, second):
        with pytest.raises(StillNeeded):
            kept.retire("MX", key_id)
    _an_hour_ago(service.folder / "MX" / "current")
    kept.retire("MX", first)
    with pytest.raises(StillNeeded):
        kept.retire("MX", second)
    assert kept.keys_of("MX").key_ids == (second,)
    assert (service.folder / "MX" / f"{first}.retired").stat().st_size == 32
    with pytest.raises(KeyMissing):
        kept.retire("MX", first)


def test_keys_move_from_the_folder_to_a_service_row_by_row(ring: KeyRing, service: Running, tmp_path: Path):
    sealed = ring.seal("MX", b"text", b"c")
    old = sealed[4:20].hex()
    entrust(tmp_path / "ours", "MX", service.url, service.token)
    assert ring.open(sealed, b"c") == b"text", "what is here opens what it sealed"
    (again,) = ring.reseal("MX", [(sealed, b"c")])
    assert again is not None
    assert again[4:20].hex() == service.keeper.keys.keys().current != old
    with pytest.raises(StillNeeded):
        ring.retire("MX", old)
    _an_hour_ago(tmp_path / "ours" / "MX" / "service.json")
    ring.retire("MX", old)
    assert ring.open(again, b"c") == b"text"
    with pytest.raises(KeyServiceDown):
        ring.open(sealed, b"c")


# The program itself -----------------------------------------------------------------------------------


def test_the_program_serves_with_a_certificate_and_needs_nothing_of_the_rest(tmp_path: Path, ring: KeyRing):
    certificate, key = _self_signed(tmp_path)
    arguments = ["--folder", str(tmp_path / "theirs"), "--owner", "MX", "--port", "0"]
    tls = ["--certificate", str(certificate), "--certificate-key", str(key)]
    modules = (
        "import sys; from app import key_service; assert not {'flask', 'sqlalchemy', 'werkzeug'} & set(sys.modules)"
    )
    code = f"{modules}; sys.exit(key_service.main())"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments, *tls], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().decode().removeprefix("Keys of MX at port ").strip(".\n")
        entrust(tmp_path / "ours", "MX", "", (tmp_path / "theirs" / "token").read_text())
        said = {"url": f"https://localhost:{port}", "token_file": "token", "ca_file": "authority.pem"}
        (tmp_path / "ours" / "MX" / "authority.pem").write_bytes(certificate.read_bytes())
        (tmp_path / "ours" / "MX" / "service.json").write_text(json.dumps(said))
        assert ring.open(ring.seal("MX", b"text", b"c"), b"c") == b"text"
        stranger = KeyRing(tmp_path / "stranger")
        entrust(tmp_path / "stranger", "MX", said["url"], (tmp_path / "theirs" / "token").read_text())
        with pytest.raises(KeyServiceDown):
            stranger.seal("MX", b"text", b"c")  # whose certificate nobody vouches for
    finally:
        process.kill()
        process.communicate()


def _self_signed(folder: Path) -> tuple[Path, Path]:
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return folder / "certificate.pem", folder / "key.pem"


def test_its_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    of_all = ["--folder", str(tmp_path), "--owner", "MX"]
    assert main(["rotate", *of_all]) == 0
    first = capsys.readouterr().out.strip()
    assert main(["rotate", *of_all]) == 0
    second = capsys.readouterr().out.strip()
    assert main(["keys", *of_all]) == 0
    assert sorted(capsys.readouterr().out.split("\n")) == ["", *sorted([f"{first} ", f"{second} current"])]
    assert main(["retire", second, *of_all]) == 1
    assert capsys.readouterr().err == "it is the key for new seals\n"
    _an_hour_ago(tmp_path / "MX" / "current")
    assert main(["retire", first, *of_all]) == 0
    assert main(["retire", first, *of_all]) == 1
    with pytest.raises(SystemExit):
        main([*of_all, "--host", "0.0.0.0"])
    assert "keys in the clear leave no machine" in capsys.readouterr().err
