"""Working calendar (工作日历): the yearly notices on holidays and make-up days, as a table in editions.

Nouns: a calendar edition (the whole table as it stood after an import, its covered years, its digest). Verb: import, of a
whole table or of the rows of some years, which replace those years and leave the others.
Invariants: an edition is never changed (a trigger) and never removed, so what was computed by it can be computed again;
the edition imported last is the current one; covered years have no gap. Where nothing was imported yet, the table shipped
with the platform stands in. Deliberately absent: changing a single day by hand; guessing a year that is not announced.
"""
