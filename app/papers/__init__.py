"""Papers: PDF by typst, from facts and words that the caller has put together."""
