"""Parties (当事人) are who acts and who is acted upon: people, legal persons (法人), and the organs (行政机关) that handle their cases.

Nouns: party (a natural or a legal person), organ (a body with powers, in a place). Verbs: register, import; find.
Invariants: one party per identity document and per credit code; an identity number is kept encrypted and found through a keyed digest, and shown
masked; one organ per unified social credit code. There is deliberately no free-text search over people.
"""
