"""How fast Entente is, each figure measured against a yardstick in the same run."""
