"""How what is shared is shown (共享内容展示): what, and why."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from tongban.people.signon.rules.claims import SCOPE_LABELS, SCOPE_OF, Scope
from tongban.people.signon.rules.registration import Registration


def shares_shown(shares: Collection[str], kept: Registration) -> list[dict[str, str]]:
    """What is shared, each with its purpose (共享清单), as rows of a summary."""
    scopes = {SCOPE_OF[claim] for claim in SCOPE_OF if claim.value in shares}
    scopes |= {scope for scope in Scope if scope.value in shares}
    return [
        {
            "label": _(SCOPE_LABELS[scope]),
            "value": _("用途：%(purpose)s") % {"purpose": kept.purposes.get(scope, "")},
        }
        for scope in Scope
        if scope in scopes
    ]
