"""Merkle trees (默克尔树): one hash over many entries, and a short proof that an entry is among them.

Source: RFC 6962 section 2.1 (the same hashes as RFC 9162), SHA-256; the verification follows RFC 9162 section 2.1.3.2.
Sure: roots agree with the published vectors of Certificate Transparency and with the recursive definition.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry (叶散列), 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours (节点散列), 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of the tree over the entries ``leaves`` (根散列), 32 bytes; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [leaf_hash(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _above(level)
    return level[0]


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from entry ``index`` to the root, lowest first (包含证明).

    ``IndexError`` unless 0 <= index < number of entries.
    """
    return inclusion_proofs([index], leaves)[0]


def inclusion_proofs(indexes: Sequence[int], leaves: Sequence[bytes]) -> list[list[bytes]]:
    """What :func:`inclusion_proof` gives for each of ``indexes`` (多项包含证明), with the tree built once."""
    if not all(0 <= index < len(leaves) for index in indexes):
        raise IndexError("there is no such entry")
    level = [leaf_hash(leaf) for leaf in leaves]
    places = list(indexes)
    proofs: list[list[bytes]] = [[] for _ in places]
    while len(level) > 1:
        for proof, place in zip(proofs, places, strict=True):
            if place ^ 1 < len(level):
                proof.append(level[place ^ 1])
        level = _above(level)
        places = [place // 2 for place in places]
    return proofs


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is entry ``index`` of the ``size`` entries under ``root`` (验证包含)."""
    if not 0 <= index < size:
        return False
    position, last = index, size - 1
    current = leaf_hash(leaf)
    for neighbour in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            current = node_hash(neighbour, current)
            while position % 2 == 0 and position:
                position //= 2
                last //= 2
        else:
            current = node_hash(current, neighbour)
        position //= 2
        last //= 2
    return last == 0 and current == root


def _above(level: list[bytes]) -> list[bytes]:
    """The next level: pairs hashed, an odd last one carried up as it is (equal to RFC 6962's split by powers of two)."""
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        pairs.append(level[-1])
    return pairs
