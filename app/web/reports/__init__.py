"""Reports, charts, review points and the brief for a new government."""
