"""Entente: the meetings that three governments have promised one another, kept."""
