import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.merkle import (
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    node_hash,
    root,
    verify_inclusion,
)

# The test data of Certificate Transparency.
LEAVES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
entries = st.lists(st.binary(max_size=6), min_size=1, max_size=40)


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root_by_definition(d):
    """RFC 6962 section 2.1."""
    if not d:
        return hashlib.sha256().digest()
    if len(d) == 1:
        return hashlib.sha256(b"\x00" + d[0]).digest()
    k = split(len(d))
    return hashlib.sha256(b"\x01" + root_by_definition(d[:k]) + root_by_definition(d[k:])).digest()


def path_by_definition(m, d):
    """RFC 6962 section 2.1.1."""
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path_by_definition(m, d[:k]), root_by_definition(d[k:])]
    return [*path_by_definition(m - k, d[k:]), root_by_definition(d[:k])]


@pytest.mark.parametrize("size", range(9))
def test_roots_agree_with_published_vectors(size):
    assert root(LEAVES[:size]).hex() == ROOTS[size]


@given(entries)
def test_roots_and_proofs_agree_with_the_definition(leaves):
    assert root(leaves) == root_by_definition(leaves)
    for index in range(len(leaves)):
        assert inclusion_proof(index, leaves) == path_by_definition(index, leaves)


@given(entries, st.data())
def test_several_proofs_at_once_are_those_of_each(leaves, data):
    indexes = data.draw(st.lists(st.integers(0, len(leaves) - 1), max_size=6))
    assert inclusion_proofs(indexes, leaves) == [inclusion_proof(index, leaves) for index in indexes]


@given(entries, st.data())
def test_a_proof_holds_for_its_entry_and_for_nothing_else(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    size, top, proof = len(leaves), root(leaves), inclusion_proof(index, leaves)
    leaf = leaves[index]
    assert verify_inclusion(leaf, index, size, proof, top)
    assert not verify_inclusion(leaf + b"!", index, size, proof, top)
    assert not verify_inclusion(leaf, index, size, proof, leaf_hash(top))
    assert not verify_inclusion(leaf, index, size, [*proof, top], top)
    for place in range(len(proof)):
        assert not verify_inclusion(leaf, index, size, proof[:place] + proof[place + 1 :], top)
        forged = [*proof[:place], leaf_hash(proof[place]), *proof[place + 1 :]]
        assert not verify_inclusion(leaf, index, size, forged, top)
    for other in range(size):
        if leaves[other] != leaf:
            assert not verify_inclusion(leaf, other, size, proof, top)


def test_indices_outside_the_tree_are_refused():
    for index in (-1, 3):
        with pytest.raises(IndexError):
            inclusion_proof(index, LEAVES[:3])
        with pytest.raises(IndexError):
            inclusion_proofs([0, index], LEAVES[:3])
        assert not verify_inclusion(b"", index, 3, [], root(LEAVES[:3]))
    assert not verify_inclusion(b"", 0, 0, [], root([]))


def test_leaves_and_nodes_are_hashed_apart():
    assert leaf_hash(b"ab") != node_hash(b"a", b"b")
