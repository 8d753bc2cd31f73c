"""Public key infrastructure (公钥基础设施): keys, certificates, revocation, time stamps and signed evidence.

A technical library for P-256 with SHA-256 and for SM2 with SM3 through the same code; it holds no state, reads no clock and knows nothing
of who certifies whom, or why. Sources: RFC 5280, 2986, 6960, 5019, 3161, 5816, 5652, 5035, 5126, 7292; GB/T 32918, GB/T 32905, GM/T 0009.
Why it has its own reader and writer of DER, and what OpenSSL 3.0 can judge of SM2: docs/decisions/0018.
"""
