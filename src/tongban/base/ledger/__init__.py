"""The ledger (行为账本) keeps every act for ever, in order, so that nobody can change the past unseen.

Nouns: entry (one act, as canonical text), stream (the acts on one thing, hash-linked), head (where a stream stands),
seal (a signed Merkle root over a batch of entries),
evidence (the signature of whoever did a signed act; its entry names the digest).
Verbs: append (only through ``base.record``), seal, verify.
Invariants: an entry is written in the transaction of its act; entries are never updated or deleted (a trigger refuses);
in a stream seq runs 1, 2, 3 … and hash(n) = SHA-256(hash(n-1) || body(n)); a seal covers whole runs of streams exactly
once and names the root of the seal before it. There is deliberately no "edit", no "archive" and no second writer.
"""
