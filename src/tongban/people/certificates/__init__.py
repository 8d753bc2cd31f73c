"""Certificates (数字证书) are what the province's one certificate service issues: who registered whom, and what became of each certificate.

Nouns: authority (认证机构: a root, an issuing authority, an OCSP responder, a time stamping authority), certificate (数字证书: one
registration with its whole life), kept key (托管密钥: a holder's key under her PIN), revocation list (撤销列表), answer (状态应答).
Verbs: hold a ceremony; request, approve, refuse, issue, take, suspend, resume, revoke, renew, replace, supersede, expire; unlock a kept key;
publish lists, answer for a status, stamp a time.
Invariants: nobody approves what she registered or holds (a constraint); a certificate, once issued, is never changed (a trigger) and its
state follows its acts in the ledger; a private key of a holder is kept only under her PIN, or not at all; what is revoked is on
the next list and in the next answer at once. There is deliberately no way to hand out a key of an authority, and no way back from a revocation.
"""
