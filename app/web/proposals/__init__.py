"""What the literature recommends, on a shelf of its own."""
