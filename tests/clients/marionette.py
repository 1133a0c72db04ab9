"""Just enough of Mozilla's Marionette to run a script inside a program that listens for it.

The protocol: JSON behind its length and a colon; a command is [0, id, name, parameters], its answer
[1, id, error, result].
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


class Marionette:
    """A session with a program that was started with `--marionette` on a profile that lets it choose the port."""

    def __init__(self, profile: Path, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._sent = 0
        self._socket = socket.create_connection(("127.0.0.1", _port(profile, process, seconds)), seconds)
        try:
            self._stream = self._socket.makefile("rb")
            self._receive()  # it says what it is
            milliseconds = int(seconds * 1000)
            self._ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": {"script": milliseconds}}})
            self._ask("Marionette:SetContext", value="chrome")
        except BaseException:
            self.close()
            raise

    def run(self, script: str, *arguments: object) -> Any:
        """Run the body of an async function with these arguments, and return what it returns."""
        body = f"return (async function () {{\n{script}\n}})(...arguments);"
        return self._ask("WebDriver:ExecuteScript", script=body, args=list(arguments))["value"]

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def _ask(self, name: str, **parameters: object) -> Any:
        self._sent += 1
        message = json.dumps([0, self._sent, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, answered, error, result = self._receive()
        assert answered == self._sent
        if error is not None:
            raise RuntimeError(f"{name}: {error}")
        return result

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._stream.read(1)
            if not byte:
                raise ConnectionError("it hung up")
            length += byte
        return json.loads(self._stream.read(int(length[:-1])))


def _port(profile: Path, process: subprocess.Popen[bytes], seconds: float) -> int:
    """Return the port that it wrote down; raises `RuntimeError` when it ended or never says."""
    give_up_at, written = time.monotonic() + seconds, profile / "MarionetteActivePort"
    while process.poll() is None and time.monotonic() < give_up_at:
        if written.exists() and (text := written.read_text("ascii").strip()):
            return int(text)
        time.sleep(0.1)
    raise RuntimeError("it ended before it listened" if process.poll() is not None else "it does not listen")
