"""Commands on the ledger (账本命令): ``tongban ledger verify`` and ``tongban ledger seal``."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from django.db import connection, transaction
from django.utils import timezone

from tongban.base.ledger import actions, queries
from tongban.base.ledger.rules import Finding

_SHOWN = 50


Witness = Callable[[], Iterable[Finding]]


def verify(args: Namespace, witnesses: Sequence[Witness] = ()) -> int:
    """Check the whole ledger (核验账本): 0 where all holds, 1 with the rows named where it does not.

    ``witnesses``: what other rooms hold against the ledger, e.g. that a case stands where its last act left it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        entries, streams, seals = queries.counts()
        found = 0
        # A ledger that does not hold is no witness: the rooms are held against it only where it does.
        for check in (queries.verify, lambda: chain.from_iterable(witness() for witness in witnesses)):
            if found:
                break
            for finding in check():
                found += 1
                if found <= _SHOWN:
                    print(finding)
    if found:
        print(f"{found} problems in {entries} entries of {streams} streams, {seals} seals", file=sys.stderr)
        return 1
    print(f"ok: {entries} entries in {streams} streams, {seals} seals")
    return 0


def seal(args: Namespace) -> int:
    """Seal now (立即封存) what no seal covers yet."""
    print(f"sealed: {actions.seal(at=timezone.now())} entries")
    return 0
