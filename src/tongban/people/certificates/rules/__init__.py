"""Rules of certificates (证书规则): their life, their profiles, what a registration must show, how guesses at a PIN are slowed. Pure."""
