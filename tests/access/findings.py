"""What must not be in any matrix (不许出现的): a fault, a way in by nothing, a way to tell what exists, an address that was never really asked."""

from collections import defaultdict
from collections.abc import Iterator

from tests.access.matrix import NONE, OUT, THERE, Rows, is_shut_out

# Let nobody in by what is sent here: a guess, a broken question, something that did not happen before, a token of another kind.
_CLOSED = (
    "/v1/track",
    "/v1/cases/{case_id}/originals/receive",
    "/v1/",
    "/pki/ocsp/{slug}/{encoded}",
    "/scim/v2/{rest}",
    "/oidc/userinfo",
    "/login/passkey",
    "/login/code",
    "/login/outside/{key}/back",
    "/login/outside",
    "/register/outside",
    "/my/cases/{case_id}/acts/{seq}.p7s",
    "/my/cases/{case_id}/acts/{seq}.json",
    "/cases/{case_id}/acts/{seq}.p7s",
    "/cases/{case_id}/acts/{seq}.json",
)
# What is asked for here is public: that it exists is no secret.
_OPEN = ("/login/outside/", "/apply/", "/bundles/", "/items/", "/powers/{organ}")


def of(rows: Rows) -> Iterator[str]:
    """Findings, in words; none where all is well."""
    yield from _faults(rows)
    yield from _ways_in_by_nothing(rows)
    yield from _tells_what_exists(rows)
    yield from _never_asked(rows)


def _faults(rows: Rows) -> Iterator[str]:
    for (label, about), row in rows.items():
        for column, answer in row.items():
            if answer.startswith("5"):
                yield f"fault: {label} ({about}) answers {answer} to {column}"


def _ways_in_by_nothing(rows: Rows) -> Iterator[str]:
    for (label, about), row in rows.items():
        if about == NONE:
            for column, answer in row.items():
                if answer in ("200", "201", "204"):
                    yield f"nothing is shown as something: {label} answers {answer} to {column}"


def _tells_what_exists(rows: Rows) -> Iterator[str]:
    """Whose thing it is not, and who may not read it, is told the same of it as of nothing."""
    for (label, about), row in rows.items():
        if about != THERE or label.partition(" ")[2].startswith(_OPEN):
            continue
        nothing = rows[label, NONE]
        for column, answer in row.items():
            if is_shut_out(column) and answer in OUT - {"405"} and answer != nothing[column]:
                yield f"existence is told: {label} answers {answer} to {column}, of nothing {nothing[column]}"


def _never_asked(rows: Rows) -> Iterator[str]:
    """An address at which nobody gets in was asked about the wrong thing."""
    let_in: dict[str, bool] = defaultdict(bool)
    for (label, about), row in rows.items():
        if about != NONE:
            pattern = label.partition(" ")[2]
            let_in[pattern] |= not set(row.values()) <= OUT
    for pattern, anybody in let_in.items():
        if not anybody and pattern not in _CLOSED:
            yield f"nobody gets in: {pattern}"
