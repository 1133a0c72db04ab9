"""Commitments: the list, the follow-up matrix, one of them, and what is said of it."""
