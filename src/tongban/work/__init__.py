"""The case, from draft to close."""
