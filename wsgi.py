"""The entry point of servers and of the command line: `flask --app wsgi …`, `granian wsgi:app`."""

from __future__ import annotations

import os
import sys

from app import create_app
from config import Settings, UnsafeSettings

try:
    settings = Settings.from_environment(os.environ)
except UnsafeSettings as unsafe:
    # What is to be mended, in words; where in the program it was found helps nobody.
    sys.exit(str(unsafe))
app = create_app(settings)
