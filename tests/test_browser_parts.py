"""The browser's parts as they are served: nothing in them that the pages' policy would block."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def browser_parts() -> Any:
    spec = importlib.util.spec_from_file_location("browser_parts", ROOT / "scripts" / "browser_parts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a{--x:url(\"data:image/svg+xml,%3csvg d='m2 5(6)'/%3e\");color:red}", ".a{--x:none;color:red}"),
        (".a{background:url('data:image/png;base64,AA==') no-repeat}", ".a{background:none no-repeat}"),
        (".a{background:url(data:image/png;base64,AA==)}", ".a{background:none}"),
        ('.a{background:url("/x.svg")}.b{color:red}', '.a{background:url("/x.svg")}.b{color:red}'),
        (".a{color:red}\n/*# sourceMappingURL=a.min.css.map */", ".a{color:red}"),
    ],
)
def test_pictures_written_into_a_style_sheet_are_left_out(browser_parts: Any, css: str, expected: str) -> None:
    assert browser_parts.without_pictures(css) == expected


def test_the_style_sheet_that_is_served_has_none() -> None:
    css = (ROOT / "app" / "static" / "parts" / "bootstrap.min.css").read_text("utf-8")
    assert ".form-check-input" in css
    assert "data:" not in css
    assert "sourceMappingURL" not in css
