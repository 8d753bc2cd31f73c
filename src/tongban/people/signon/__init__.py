"""Single sign-on (统一登录): one account opens every connected system, by OpenID Connect.

Nouns: connected system (接入系统), consent (授权同意), authorisation (登录授权: what one sign-on gave one system; its code and
tokens hang from it), device request (设备请求), sign-out notice (退出通知), signing key (登录签名密钥).
Verbs: register, approve, suspend, retire a system; consent and withdraw; authorise, redeem, refresh, revoke; tell a system
that a session has ended; rotate the keys.
Invariants: nobody approves what she wrote herself (a constraint); codes, tokens and device codes are kept as digests only; a
code is redeemed once, and a second time ends everything that came of it; an address is compared letter by letter; a system knows
a person by a subject of its own. Sources: OpenID Connect Core, Discovery, RP-Initiated and Back-Channel Logout; RFC 6749, 7009,
7523, 7636, 7662, 8414, 8628, 8705, 9101, 9126, 9207; attacks: RFC 9700. There is deliberately no implicit or password grant, no
client secret, and no open registration.
"""
