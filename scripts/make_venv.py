"""Make a virtual environment, or bring it up to a locked list of packages: `make_venv.py FOLDER REQUIREMENTS`.

Needs nothing but Python 3.11 or newer and its pip.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)


def main(folder: Path, requirements: Path) -> None:
    """Install exactly what `requirements` locks into `folder`."""
    if sys.version_info < OLDEST:
        wanted, found = ".".join(map(str, OLDEST)), sys.version.split()[0]
        sys.exit(f"Entente needs Python {wanted} or newer; {sys.executable} is {found}. Say which: make PYTHON=...")
    python = folder / "bin" / "python"
    if not _works(python):
        shutil.rmtree(folder, ignore_errors=True)
        _make(folder)
    print(f"Installing {requirements} into {folder} ...", flush=True)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
    subprocess.run([*_pip(python), "install", *quiet, "-r", str(requirements)], check=True)


def _works(python: Path) -> bool:
    """Return whether this is a whole environment, and not one whose making was broken off or whose Python went away."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", "import encodings"], check=False, capture_output=True).returncode == 0


def _make(folder: Path) -> None:
    """Make the environment, without a pip of its own where Python came without ensurepip (as Debian cuts it)."""
    command = [sys.executable, "-m", "venv", str(folder)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode != 0:
        subprocess.run([*command, "--clear", "--without-pip"], check=True)


def _pip(python: Path) -> list[str]:
    """Return the environment's own pip, or else this Python's, told to work there."""
    own = [str(python), "-m", "pip"]
    if subprocess.run([*own, "--version"], check=False, capture_output=True).returncode == 0:
        return own
    return [sys.executable, "-m", "pip", "--python", str(python)]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
