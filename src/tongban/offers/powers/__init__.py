"""Powers (权责清单) say which powers an organ exercises, on what basis, and what it answers for: public, as of any day.

Nouns: power list (权责清单: of one organ), entry (权责事项: a basic item in it, for good), entry edition (权责事项版本: what is
said of it, from a day to a day), adjustment (清单调整: what is added, changed and taken out together, from one day on).
Verbs: write, send, approve, send back, discard an adjustment; read a list as of a day; compare two days.
Invariants: a list changes through adjustments only, each one entry of the ledger; a person's adjustment is approved by another
who wrote nothing of it, and begins no earlier than the day of its approval; what was published is never changed (triggers);
of one entry no two editions are in force on one day (an exclusion constraint). There is deliberately no way to mend a
published list in silence, and none to take an entry out without reason and basis.
"""
