"""Demonstration data and accounts, made through actions only."""
