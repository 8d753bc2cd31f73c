"""Settings and the outermost wiring of Django: which door answers which address."""
