"""Identity (身份) says which account is signed in, and what it may act as.

Nouns: account (账号), holding (任职: a role in an organ from a day to a day), deputy (代理人: who acts in a colleague's role
from a day to a day), token (令牌: what a program signs in with).
Verbs: open an account, appoint, name and end a deputy, sign in, issue a token; read the actor of an account.
Invariants: a password is stored as argon2 only, a token as a digest only; guesses are slowed per login and per address,
never locking the owner out for good; a holding ends, it is not erased; a deputy never gets more than the one who named her
holds herself that day, and cannot pass it on. There is deliberately no super-user.
"""
