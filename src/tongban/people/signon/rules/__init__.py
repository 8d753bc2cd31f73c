"""Rules of single sign-on (统一登录规则): systems and their life, requests, proofs, claims, tokens. Pure."""
