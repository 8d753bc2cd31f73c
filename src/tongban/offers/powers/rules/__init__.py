"""Rules of power lists (权责清单规则): what an entry says, how a list is adjusted, what the duties usually are. Pure."""
