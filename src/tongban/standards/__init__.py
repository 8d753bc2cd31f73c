"""Pure functions and values; each file cites the published standard or law that it states."""
