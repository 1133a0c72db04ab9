"""Run Entente on this machine alone, as `make run` does.

`local.py` brings the database up to date, loads the catalogue and the sample accounts, and serves on the loopback
address with the job worker beside it, until Ctrl-C. `local.py COMMAND ...` runs one command of the app with the
same settings: `local.py user add ...`. Keys and the samples' passwords are in .keys/, for this user alone.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
KEYS = ROOT / ".keys"
HOST = "127.0.0.1"
WORKERS = 2
STOP_SECONDS = 10
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


def settings() -> dict[str, str]:
    """Return the environment with what it lacks for a machine of one's own; what it sets is kept."""
    KEYS.mkdir(mode=0o700, exist_ok=True)
    KEYS.chmod(0o700)
    (KEYS / "delegations").mkdir(mode=0o700, exist_ok=True)
    defaults = {
        "PORT": "8000",
        "SECRET_KEY": _kept_secret(KEYS / "secret-key"),
        "ENTENTE_KEYS": str(KEYS / "delegations"),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **{name: value for name, value in os.environ.items() if value or name not in defaults}}


def _kept_secret(path: Path) -> str:
    """Return the secret in that file, making it at the first start."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def serve(*, with_parent: bool) -> int:
    """Set up, serve until a signal, and return the exit status; `with_parent` ends it when its parent ends, too."""
    env, parent = settings(), os.getppid()
    port = int(env["PORT"])
    if _answers(port):
        sys.exit(f"Something listens on {HOST}:{port} already. Choose another: make run PORT=8001")
    for command in (["db", "upgrade"], ["catalogue", "load"], ["sample", "load"]):
        subprocess.run([*FLASK, *command], check=True, cwd=ROOT, env=env)
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # Sessions of their own, so that Ctrl-C reaches this process alone, which then stops them in good order.
    children = [
        subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
        for command in (_server(port), [*FLASK, "jobs", "work"])
    ]
    told = False
    try:
        while not stopping and all(child.poll() is None for child in children):
            time.sleep(0.2)
            if with_parent and os.getppid() != parent:
                stopping.append(signal.SIGHUP)
            if not told and _answers(port):
                told = True
                print(f"\nEntente is at http://{HOST}:{port} - Ctrl-C stops it.\n", flush=True)
    finally:
        for child in children:
            _stop(child)
    if stopping:
        return 0
    print("The server or the job worker ended by itself; so did the other.", file=sys.stderr)
    return 1


def _server(port: int) -> list[str]:
    # The access log stays off: addresses of feeds and invitations are secrets.
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--no-access-log"),
        *("--host", HOST, "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1"),
        *("--log-level", "warning", "wsgi:app"),
    ]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and end it with all that it started when it does not."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def main(arguments: list[str]) -> int:
    """Serve, or run one command."""
    if arguments in ([], ["--with-parent"]):
        return serve(with_parent=bool(arguments))
    return subprocess.run([*FLASK, *arguments], check=False, cwd=ROOT, env=settings()).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
