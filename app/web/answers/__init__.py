"""Answering reminders by their signed links."""
