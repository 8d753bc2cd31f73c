"""Property tests here are many and small: no per-example deadline (the machine may be busy), no example store."""

from hypothesis import settings

settings.register_profile("standards", deadline=None, max_examples=60, database=None)
settings.load_profile("standards")
