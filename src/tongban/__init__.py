"""Tongban (通办): one catalogue, one approval network, one case from search to licence."""
