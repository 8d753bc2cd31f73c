"""Template vocabulary (模板词汇) of the doors."""
