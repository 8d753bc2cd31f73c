"""Clients of others (他人的客户端): relying parties that were not written with the provider's library."""
