"""Rules of cases (办件规则): the table of moves, the clock, and what an application must hold. Pure."""
