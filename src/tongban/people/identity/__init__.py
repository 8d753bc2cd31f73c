"""Identity (身份) says which account is signed in, how well it is known whose it is, and what it may act as.

Nouns: account (账号), level (实名等级), proof (核验项), session (会话), device (设备), way of signing in (登录方式), holding (任职: a
role in an organ from a day to a day), deputy (代理人: who acts in a colleague's role from a day to a day), token (令牌).
Verbs: open or register an account, prove, sign in and out, step up, recover, merge, leave; appoint, name and end a deputy, issue a
token; read the actor of an account.
Invariants: a password is stored as argon2 only, a token as a digest only; an account below level 2 has no party; guesses are slowed
and never lock the owner out (rules/brakes.py); a code works once; a holding ends, it is not erased; a deputy never gets more than
the one who named her holds herself that day, and cannot pass it on. There is deliberately no super-user.
"""
