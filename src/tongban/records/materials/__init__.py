"""Materials (申请材料) are the papers a party has handed in once and may use again.

Noun: material (a stored file, whose it is, what it is said to be, how far it is trusted).
Verbs: keep; list one's own, read.
Invariants: a material belongs to one party; its content is found by its digest and never changes; an upload by its owner
has trust grade C. There is deliberately no way from a file's address to the file without passing the access filter.
"""
