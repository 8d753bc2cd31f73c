"""A second judge: OpenSSL's own validator of chains, told SM2's identifier for every certificate, as its command cannot be.

For revocation lists the library has no such door; ``test_status`` judges them with ``dgst``, and with the empty identifier.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

from tongban.base.pki import sm2
from tongban.base.pki.certificates import Certificate
from tongban.base.pki.keys import Algorithm

OK, SIGNATURE_FAILURE, NOT_YET_VALID, EXPIRED, NO_ISSUER = 0, 7, 9, 10, 20


def _library() -> Any:
    lib = ctypes.CDLL("libcrypto.so.3")
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("d2i_X509", pointer, (pointer, pointer, ctypes.c_long)),
        ("ASN1_OCTET_STRING_new", pointer, ()),
        ("ASN1_OCTET_STRING_set", ctypes.c_int, (pointer, ctypes.c_char_p, ctypes.c_int)),
        ("X509_set0_distinguishing_id", None, (pointer, pointer)),
        ("X509_STORE_new", pointer, ()),
        ("X509_STORE_add_cert", ctypes.c_int, (pointer, pointer)),
        ("X509_STORE_CTX_new", pointer, ()),
        ("X509_STORE_CTX_init", ctypes.c_int, (pointer, pointer, pointer, pointer)),
        ("X509_STORE_CTX_get_error", ctypes.c_int, (pointer,)),
        ("X509_verify_cert", ctypes.c_int, (pointer,)),
        ("OPENSSL_sk_new_null", pointer, ()),
        ("OPENSSL_sk_push", ctypes.c_int, (pointer, pointer)),
        ("ERR_clear_error", None, ()),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def verdict(leaf: Certificate, between: Sequence[Certificate], root: Certificate) -> int:
    """Zero where OpenSSL finds nothing wrong, else its number of what is. What it holds is given back with the process."""
    lib = _library()

    def held(certificate: Certificate) -> int:
        buffer = ctypes.create_string_buffer(certificate.der, len(certificate.der))
        start = ctypes.c_void_p(ctypes.addressof(buffer))
        found: int = lib.d2i_X509(None, ctypes.byref(start), len(certificate.der))
        assert found
        if certificate.public.algorithm is Algorithm.SM2:
            identifier = lib.ASN1_OCTET_STRING_new()
            lib.ASN1_OCTET_STRING_set(identifier, sm2.IDENTIFIER, len(sm2.IDENTIFIER))
            lib.X509_set0_distinguishing_id(found, identifier)
        return found

    store, context, stack = lib.X509_STORE_new(), lib.X509_STORE_CTX_new(), lib.OPENSSL_sk_new_null()
    assert lib.X509_STORE_add_cert(store, held(root)) == 1
    for certificate in between:
        lib.OPENSSL_sk_push(stack, held(certificate))
    assert lib.X509_STORE_CTX_init(context, store, held(leaf), stack) == 1
    good = lib.X509_verify_cert(context) == 1
    lib.ERR_clear_error()
    error: int = lib.X509_STORE_CTX_get_error(context)
    assert good == (error == OK)
    return error
