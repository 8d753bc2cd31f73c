"""The bench (性能测量): our acts beside raw SQL that writes the same rows, and pages beside static files, in one run."""
