"""Finding a date: the pages of plans."""
