"""What the set-up says of the calendar programs of a desktop: what is missing, and why that could not be helped."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import desktop_clients


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[str, list[list[str]]]]:
    """Return a function that runs the set-up on such a machine; it gives the report, and what was to be installed."""

    def run(lacking: list[str], system: str, user: int, *, works: bool = False) -> tuple[str, list[list[str]]]:
        still, asked = list(lacking), list[list[str]]()

        def install(names: list[str]) -> None:
            asked.append(names)
            if works:
                still.clear()

        monkeypatch.setattr(desktop_clients, "missing", lambda: list(still))
        monkeypatch.setattr(desktop_clients, "install", install)
        monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": system})
        monkeypatch.setattr(os, "geteuid", lambda: user)
        desktop_clients.main(tmp_path / "build" / "report")
        return (tmp_path / "build" / "report").read_text("utf-8"), asked

    return run


BOTH = ["thunderbird", "evolution-data-server"]


@pytest.mark.parametrize(
    ("lacking", "system", "user", "works", "report", "asked"),
    [
        ([], "debian", 0, False, "", []),
        (BOTH, "debian", 0, True, "", [BOTH]),
        (["thunderbird"], "debian", 0, False, "thunderbird: apt-get could not install it\n", [["thunderbird"]]),
        (["thunderbird"], "debian", 1000, True, "thunderbird: this user may not install packages\n", []),
        (
            ["evolution-data-server"],
            "fedora",
            0,
            True,
            "evolution-data-server: they are Debian's packages, and this system is fedora\n",
            [],
        ),
    ],
)
def test_it_installs_where_it_may_and_says_why_not(reported, lacking, system, user, works, report, asked):
    assert reported(lacking, system, user, works=works) == (report, asked)


def test_there_are_packages_for_every_program_that_may_be_missing(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert desktop_clients.missing() == list(desktop_clients.PACKAGES)
