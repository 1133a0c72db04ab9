"""The entry point of servers and of the command line: `flask --app wsgi …`, `granian wsgi:app`."""

from __future__ import annotations

import os

from app import create_app
from config import Settings

app = create_app(Settings.from_environment(os.environ))
