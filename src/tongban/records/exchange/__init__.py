"""Exchange (数据交换): messages that one connected system signs and sends to another, kept so that they can be proven years later.

Nouns: message (envelope, content, evidence), envelope (what is signed: from whom, to whom, why, and the content by its digest), inbox
(the messages of an organ, numbered without gaps). Verbs: send; list, read, judge.
Invariants: nothing is taken in whose signature does not hold, or is not of a certificate of the sender's organ; a message is stored
once under its sender's own number, and never changed (a trigger); the ledger names it by digests alone; a message is judged as of the
moment at which it was stamped, whatever became of the certificate later. There is deliberately no deletion, no message without
signature, and no way to read what was sent to somebody else.
"""
