"""Files (文件): what people hand in and what organs issue, kept by content and never changed.

Nouns: a stored file, named by the SHA-256 of its bytes. Verbs: store. Invariants: a name from outside never
becomes a path; bytes are on disk before a row speaks of them; the same bytes are kept once; what a file claims to
be agrees with what is in it. Deliberately absent: changing or deleting a file, and any idea of whose it is.
"""
