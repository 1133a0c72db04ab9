"""What a delegation prepares and shares: positions, non-papers, shares, inner notes."""
