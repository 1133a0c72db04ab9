"""Make sure that the calendar programs of a desktop are there for the tests: Thunderbird, evolution-data-server.

They come from Debian alone, so a machine that is not Debian, or a user who may not install, can be without
them. What is missing, and why, is written to the file that the first argument names, a line for each.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

# The Python that Debian's bindings are for.
PYTHON = "/usr/bin/python3"
PACKAGES = {
    "thunderbird": ["thunderbird"],
    "evolution-data-server": ["dbus-daemon", "evolution-data-server", "gir1.2-ecal-2.0", "python3-gi"],
}
_BINDINGS = "import gi; gi.require_version('ECal', '2.0'); from gi.repository import ECal"


def missing() -> list[str]:
    """Return the names of the programs that this machine has not."""
    is_there = {"thunderbird": shutil.which("thunderbird") is not None, "evolution-data-server": _has_evolution()}
    return [name for name, there in is_there.items() if not there]


def _has_evolution() -> bool:
    if shutil.which("dbus-run-session") is None or not Path(PYTHON).exists():
        return False
    if not Path("/usr/share/dbus-1/services/org.gnome.evolution.dataserver.Calendar8.service").exists():
        return False
    return subprocess.run([PYTHON, "-c", _BINDINGS], check=False, capture_output=True).returncode == 0


def obstacle() -> str | None:
    """Return why nothing can be installed here, or None where it can."""
    try:
        system = platform.freedesktop_os_release()["ID"]
    except OSError:
        system = platform.system()
    if system != "debian":
        return f"they are Debian's packages, and this system is {system}"
    if os.geteuid() != 0:
        return "this user may not install packages"
    return None


def install(names: list[str]) -> None:
    """Install Debian's packages of these programs."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [package for name in names for package in PACKAGES[name]]
    update, get = ["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    for command in (update, [*get, *packages]):
        subprocess.run(command, check=False, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def main(report: Path) -> None:
    """Install what is missing, where that can be, and write down what still is."""
    lacking, why = missing(), obstacle()
    if lacking and why is None:
        install(lacking)
        lacking, why = missing(), "apt-get could not install it"
    lines = [f"{name}: {why}\n" for name in lacking]
    print(*(f"Not on this machine, so not tested: {line}" for line in lines), sep="", end="", file=sys.stderr)
    report.parent.mkdir(exist_ok=True)
    report.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
