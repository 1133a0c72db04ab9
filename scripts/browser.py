"""Make sure that there is a Chromium for the tests, and print where: one that is there, Debian's, or playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome of this machine, or None when only playwright can have one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _from_debian() -> bool:
    """Install Debian's package, where this user may; return whether it is there now."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        subprocess.run(command, check=False, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    return chromium() is not None


def _from_playwright() -> str:
    """Let playwright fetch its own, and return its path."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True, stdout=sys.stderr)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only here, and only when nothing else is there

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def main() -> None:
    """Print the path of a Chromium, after installing one if there was none."""
    found = chromium()
    if found is None and _from_debian():
        found = chromium()
    if found is None:
        found = _from_playwright()
    if not Path(found).exists():
        sys.exit("There is no Chromium, and none could be installed.")
    print(found)


if __name__ == "__main__":
    main()
