"""Releases: the guests of a meeting, and the meeting as a guest sees it."""
