"""Requests that holders bring themselves (证书请求): PKCS#10 (RFC 2986), with proof that they have the key."""

from tongban.people.certificates.rules.profiles import Algorithm
