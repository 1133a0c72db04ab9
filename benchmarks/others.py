"""The yardsticks that are not ours: nginx with the same bytes in a file, Radicale with the same events."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from icalendar import Calendar

ROOT: Final = Path(__file__).parents[1]
RADICALE: Final = ROOT / ".venv-clients" / "bin" / "radicale"
START_SECONDS: Final = 30
_NGINX_FOLDERS: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_ITEM: Final = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Entente//bench//EN\r\n%s%sEND:VCALENDAR\r\n"
# Services are not to be started on a machine that is only to measure: this file says so to Debian's packages.
_NO_SERVICES: Final = Path("/usr/sbin/policy-rc.d")


class Missing(Exception):
    """A yardstick that cannot be had here, and why."""


@contextmanager
def nginx(folder: Path, content: bytes) -> Iterator[int]:
    """Serve bytes from a file, `/feed.ics`, with nginx and yield its port; raises `Missing`."""
    program = _nginx_program()
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "feed.ics").write_bytes(content)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;\n"
        "events {}\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;\n"
        "types { text/calendar ics; }\n"
        + "".join(
            f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"server {{ listen 127.0.0.1:{port}; root {folder}/files; }} }}\n",
        "utf-8",
    )
    with _running([str(program), "-p", str(folder), "-c", str(folder / "nginx.conf")], port, folder):
        yield port


@contextmanager
def radicale(folder: Path, content: bytes) -> Iterator[int]:
    """Serve the events of a calendar with Radicale, at `/reader/feed/`, and yield its port; raises `Missing`."""
    if not RADICALE.exists():
        raise Missing("Radicale is not in .venv-clients; `make .venv-clients/.made` puts it there")
    collection = folder / "collections" / "collection-root" / "reader" / "feed"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}', "utf-8")
    _write_items(collection, content)
    port = free_port()
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\ntype = from_file\nfile = {folder}/rights\n"
        f"[storage]\nfilesystem_folder = {folder}/collections\n[logging]\nlevel = error\n",
        "utf-8",
    )
    (folder / "rights").write_text("[all]\nuser = .*\ncollection = .*\npermissions = RrWw\n", "utf-8")
    with _running([str(RADICALE), "--config", str(folder / "config")], port, folder):
        yield port


def _write_items(collection: Path, content: bytes) -> None:
    """Write each event into a file of its own, with the zones, as Radicale keeps them."""
    calendar = Calendar.from_ical(content)
    zones = b"".join(each.to_ical() for each in calendar.walk("VTIMEZONE"))
    for number, event in enumerate(calendar.walk("VEVENT")):
        parts = (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Entente//bench//EN\r\n",
            zones,
            event.to_ical(),
            b"END:VCALENDAR\r\n",
        )
        (collection / f"{number}.ics").write_bytes(b"".join(parts))


def _nginx_program() -> Path:
    """Return nginx, Debian's package installed where that is allowed; raises `Missing`."""
    found = _which_nginx()
    if found is None:
        why = _obstacle()
        if why is not None:
            raise Missing(f"nginx is not here, and {why}")
        _install("nginx-light")
        found = _which_nginx()
    if found is None:
        raise Missing("nginx is not here, and apt-get could not install it")
    return found


def _which_nginx() -> Path | None:
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    return Path(found) if found else None


def _obstacle() -> str | None:
    """Return why Debian's packages cannot be installed here, None where they can: as the desktop's programs are."""
    path = ROOT / "scripts" / "desktop_clients.py"
    spec = importlib.util.spec_from_file_location("desktop_clients", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    why: str | None = module.obstacle()
    return why


def _install(package: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    is_ours = not _NO_SERVICES.exists()
    if is_ours:
        _NO_SERVICES.write_text("#!/bin/sh\nexit 101\n", "ascii")
        _NO_SERVICES.chmod(0o755)
    try:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(
                ["/usr/bin/apt-get", *command], check=False, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr
            )
    finally:
        if is_ours:
            _NO_SERVICES.unlink()


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    log = folder / "said"
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise Missing(f"{Path(command[0]).name} did not start: {log.read_text('utf-8', 'replace')[-300:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
