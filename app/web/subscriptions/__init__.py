"""Subscriptions and the feeds behind them."""
