"""Licences (电子证照) are what a decision gives: issued once, shown anywhere, checked by anybody.

Nouns: licence (identifier, holder, issuer, validity, signed PDF), token (the secret part of the address in its QR code).
Verbs: issue, revoke; list one's own, verify.
Invariants: one licence per case; an identifier is used once and carries its check character; a licence is never changed,
only revoked; what verification answers comes from the row, never from the paper. There is deliberately no listing of
other people's licences and no guessing: the token has 128 random bits.
"""
