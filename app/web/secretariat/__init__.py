"""Secretariats: who appointed which, who serves in it, and which hat is on."""
