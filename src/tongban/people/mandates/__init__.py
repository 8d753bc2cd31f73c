"""Mandates (授权): who may act for whom, how far, and until when.

Nouns: mandate (授权: from a party to a person), limits (授权范围: acts, items, places, amount, days), kind (法定代表人, 代理人, 父母,
监护人, 帮办人).
Verbs: offer, accept, refuse, withdraw, resign, record at a counter; register a legal person or a child, change a representative.
Invariants: a mandate gives nothing before its agent has accepted it, and nothing from the moment in which it is withdrawn; what it
gives never changes (a trigger); nobody gives what she has not herself; a mandate that was passed on is not passed on again. There
is deliberately no mandate that reaches beyond one party, and no way to act under one without its number in the ledger.
"""
