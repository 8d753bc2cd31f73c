"""Keys sign and verify as the openssl command does, for P-256 and for SM2."""

import hashlib

import gmalg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.pki import der, keys, pem, sm2
from tongban.base.pki.keys import Algorithm, WrongPassphrase

from .authority import BOTH
from .judge import accepted, file, identifier_for, refused

DIGEST = {Algorithm.P256: "-sha256", Algorithm.SM2: "-sm3"}
both = pytest.mark.parametrize("algorithm", BOTH)


@both
def test_openssl_verifies_our_signature(algorithm: Algorithm, tmp_path):
    key = keys.generate(algorithm)
    public = file(tmp_path, "public.pem", pem.armour("PUBLIC KEY", key.public.spki))
    signature = file(tmp_path, "signature", key.sign("决定".encode()))
    words = ["dgst", DIGEST[algorithm], *identifier_for(algorithm, "-sigopt"), "-verify", public]
    accepted(*words, "-signature", signature, stdin="决定".encode())
    refused(*words, "-signature", signature, stdin="决议".encode())


@both
def test_we_verify_a_signature_of_openssl(algorithm: Algorithm, tmp_path):
    private = file(tmp_path, "private.pem", keys.dump_private(keys.generate(algorithm), b"pass"))
    key = keys.load_private(private.read_bytes(), b"pass")
    data = file(tmp_path, "data", b"data")
    accepted(
        *("dgst", DIGEST[algorithm], *identifier_for(algorithm, "-sigopt"), "-sign", private),
        *("-passin", "pass:pass", "-out", tmp_path / "signature", data),
    )
    signature = (tmp_path / "signature").read_bytes()
    assert key.public.verify(signature, b"data")
    assert not key.public.verify(signature, b"date")


@both
def test_we_read_keys_that_openssl_made(algorithm: Algorithm, tmp_path):
    curve = "SM2" if algorithm is Algorithm.SM2 else "P-256"
    accepted(
        *("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"),
        *("-aes256", "-pass", "pass:secret", "-out", tmp_path / "key.pem"),
    )
    encrypted = (tmp_path / "key.pem").read_bytes()
    key = keys.load_private(encrypted, b"secret")
    accepted("pkey", "-in", tmp_path / "key.pem", "-passin", "pass:secret", "-pubout", "-outform", "DER",
             "-out", tmp_path / "public")  # fmt: skip
    assert key.algorithm is algorithm
    assert (tmp_path / "public").read_bytes() == key.public.spki
    assert keys.load_public(key.public.spki) == key.public


@both
def test_a_key_comes_back_as_it_was_with_its_passphrase_only(algorithm: Algorithm):
    key = keys.generate(algorithm)
    written = keys.dump_private(key, b"right")
    assert b"ENCRYPTED" in written
    assert keys.load_private(written, b"right").pair == key.pair
    with pytest.raises(WrongPassphrase):
        keys.load_private(written)
    # One wrong padding in 256 looks right and is no key then.
    with pytest.raises((WrongPassphrase, der.Malformed)):
        keys.load_private(written, b"wrong")
    with pytest.raises(ValueError, match="passphrase"):
        keys.dump_private(key, b"")


@both
def test_a_key_does_not_show_its_secret(algorithm: Algorithm):
    key = keys.generate(algorithm)
    assert key.pair.secret.hex() not in repr(key)
    assert repr(key.pair.secret) not in repr(key)


@both
@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 10**6))
def test_one_altered_bit_of_a_signature_is_refused(algorithm: Algorithm, place: int):
    key = keys.generate(algorithm)
    signature = bytearray(key.sign(b"data"))
    place %= 8 * len(signature)
    signature[place // 8] ^= 1 << place % 8
    assert not key.public.verify(bytes(signature), b"data")


@both
def test_a_point_off_the_curve_is_no_key(algorithm: Algorithm):
    spki = bytearray(keys.generate(algorithm).public.spki)
    spki[-1] ^= 1
    with pytest.raises(der.Malformed):
        keys.load_public(bytes(spki))


@both
def test_the_key_identifier_is_openssls(algorithm: Algorithm):
    public = keys.generate(algorithm).public
    assert public.key_identifier == hashlib.sha1(public.point, usedforsecurity=False).digest()


def test_keys_of_other_kinds_are_refused(tmp_path):
    accepted("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", tmp_path / "rsa.pem")
    with pytest.raises(der.Malformed):
        keys.load_private((tmp_path / "rsa.pem").read_bytes())


def test_a_secret_out_of_range_is_no_key_of_sm2():
    for number in (0, sm2.ORDER - 1, sm2.ORDER, 2**256 - 1):
        with pytest.raises(ValueError, match="SM2"):
            sm2.point_of(number)


# Appendix A of GB/T 32918.5-2017 and GB/T 32905-2016: the examples of the standards.


def test_sm3_of_the_standard():
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm2.sm3(b"abc").hex() == expected == sm2.Gmalg().sm3(b"abc").hex()


def test_sm2_of_the_standard():
    secret = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    point = bytes.fromhex(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = der.sequence(
        der.integer(0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3),
        der.integer(0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA),
    )
    assert sm2.point_of(int.from_bytes(secret, "big")) == point
    public = keys.PublicKey(Algorithm.SM2, point)
    assert public.verify(signature, b"message digest")
    assert not public.verify(signature, b"message digest ")


def test_gmalg_and_openssl_agree_where_the_library_is_missing():
    fast, slow = sm2.engine(), sm2.Gmalg()
    assert fast.name == "openssl"
    pair = slow.generate()
    assert fast.point_of(pair.secret) == pair.point == slow.point_of(pair.secret)
    ours = slow.sign(slow.private(pair), b"data", sm2.IDENTIFIER)
    assert fast.verify(fast.public(pair.point), ours, b"data", sm2.IDENTIFIER)
    theirs = fast.sign(fast.private(pair), b"data", sm2.IDENTIFIER)
    public = slow.public(pair.point)
    assert slow.verify(public, theirs, b"data", sm2.IDENTIFIER)
    assert not slow.verify(public, theirs, b"date", sm2.IDENTIFIER)
    assert not slow.verify(public, theirs[:-1], b"data", sm2.IDENTIFIER)
    assert not slow.verify(public, der.sequence(der.integer(0), der.integer(1)), b"data", sm2.IDENTIFIER)
    with pytest.raises(ValueError, match="curve"):
        slow.public(pair.point[:-1] + bytes([pair.point[-1] ^ 1]))
    assert gmalg.SM2(pk=pair.point).can_encrypt
