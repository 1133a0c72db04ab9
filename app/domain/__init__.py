"""The rules of Entente: plain functions of values and of `now`."""
