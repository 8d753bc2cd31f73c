"""Watches and listens: ratings, supervision, security."""
