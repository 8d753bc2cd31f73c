"""What can be asked: the catalogue of items and their guides."""
