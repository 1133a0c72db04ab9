"""Use cases and queries, one module per domain. Nothing here commits; nothing here knows Flask."""
