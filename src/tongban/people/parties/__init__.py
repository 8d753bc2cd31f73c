"""Parties (当事人) are who acts and who is acted upon: people, and the organs (行政机关) that handle their cases.

Nouns: party (a natural person), organ (a body with powers, in a place). Verbs: register, import; find.
Invariants: one party per identity document; the number is kept encrypted and found through a keyed digest, and shown
masked; one organ per unified social credit code. There is deliberately no free-text search over people.
"""
