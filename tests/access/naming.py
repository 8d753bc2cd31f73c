"""Which thing an address means (地址所指): by the beginning of its pattern, the first that fits; and the verbs that it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from tests.access.addresses import Address
from tests.access.things import NOTHING

from tongban.doors.workbench.act_table import ACTS as OF_CASES
from tongban.people.signon.rules.systems import SystemVerb
from tongban.work.cases.rules.checks import CheckVerb

# In which of the things a verb of a case is possible; all others are asked of a case just handed in.
_STATES = {
    "accepted": ("examine", "pause", "opine", "extend_", "terminate", "withdraw"),
    "supplement": ("resubmit",),
    "examined": ("grant", "grant_partly", "refuse", "return"),
    "granted": ("deliver",),
    "closed": ("revoke", "correct", "review", "ask_review"),
    "proposed": ("extend", "turn_down", "turn_down_extension"),
    "pre_review": ("pass_review", "return_for_changes"),
    "special": ("suspend",),
    "instant": ("grant_at_once",),
    "draft": ("submit",),
}
_STATE_OF = {verb: state for state, verbs in _STATES.items() for verb in verbs}

# Beginning of a pattern -> thing. Longer beginnings stand first.
_MEANT: tuple[tuple[str, str], ...] = (
    # portal
    ("/places/", "place"),
    ("/language/", "switch"),
    ("/elderly/", "switch"),
    ("/items/", "guide"),
    ("/apply/", "world"),
    ("/bundles/", "bundle"),
    ("/laws/", "law"),
    ("/powers/{organ}", "power list"),
    ("/intermediaries/", "announced"),
    ("/agencies/", "announced"),
    ("/feeds/", "announced"),
    ("/my/materials/", "draft"),
    ("/my/licences/", "closed"),
    ("/my/bundles/", "bundle"),
    ("/my/cases/{case_id}/documents", "closed"),
    ("/my/cases/{case_id}/files", "closed"),
    ("/my/cases/{case_id}/receipt.json", "closed"),
    ("/my/cases/{case_id}/receipt", "submitted"),
    ("/my/cases/{case_id}/withdraw", "submitted"),
    ("/my/cases/{case_id}/rate", "closed"),
    ("/my/cases/{case_id}/export", "closed"),
    ("/my/cases/{case_id}/responsibility", "closed"),
    ("/my/cases/{case_id}/acts/", "closed"),
    ("/my/cases/", "draft"),
    ("/my/mandates/", "mandate"),
    ("/my/systems/", "agreed system"),
    ("/verify/", "closed"),
    ("/my/systems/", "agreed system"),
    ("/my/account/proofs/", "proof"),
    ("/my/account/ways/", "passkey"),
    ("/my/account/sessions/", "session"),
    ("/my/account/linked/", "linked account"),
    ("/login/outside/", "outside provider"),
    ("/my/certificates/", "certificate"),
    # workbench
    ("/systems/", "system"),
    ("/cases/{case_id}/parts/", "joint"),
    ("/cases/{case_id}/materials/", "closed"),
    ("/cases/{case_id}/documents/", "closed"),
    ("/cases/{case_id}/letters/", "closed"),
    ("/cases/{case_id}/responsibility", "closed"),
    ("/cases/{case_id}/acts/", "closed"),
    ("/cases/", "submitted"),
    ("/counter/items/", "counter"),
    ("/counter/", "counter"),
    ("/checks/", "promised"),
    ("/licences/", "closed"),
    ("/calendar/", "redating"),
    ("/durations/", "world"),
    ("/deputies/", "deputy"),
    ("/info/", "info"),
    ("/catalogue/flags/", "flag"),
    ("/catalogue/items/", "world"),
    ("/migrations/items/", "world"),
    ("/migrations/", "migration"),
    ("/catalogue/basics/", "basic item"),
    ("/catalogue/standards/", "standard"),
    ("/catalogue/editions/", "edition"),
    ("/catalogue/changes/", "change"),
    ("/catalogue/synonyms/", "synonyms"),
    ("/powers/", "adjustment"),
    ("/certificates/{certificate_id}/archive", "ended certificate"),
    ("/certificates/", "certificate"),
    ("/systems/", "system"),
    ("/staff/joiners/", "joiner"),
    ("/staff/", "appointment"),
    ("/account/ways/", "staff passkey"),
    ("/account/sessions/", "staff session"),
    ("/account/certificates/", "certificate"),
    # API
    ("/pki/", "authority"),
    ("/v1/catalogue/basic-items/", "basic item"),
    ("/v1/items/", "guide"),
    ("/v1/editions/", "edition"),
    ("/v1/powers/", "power list"),
    ("/v1/laws/", "law"),
    ("/v1/bundles/", "bundle"),
    ("/v1/bundled/", "bundle"),
    ("/v1/cases/{case_id}/parts/", "joint"),
    ("/v1/cases/{case_id}/documents/", "closed"),
    ("/v1/cases/{case_id}/check", "promised"),
    ("/v1/cases/{case_id}/form", "draft"),
    ("/v1/cases/{case_id}/materials/", "draft"),
    ("/v1/cases/{case_id}/papers/", "counter"),
    ("/v1/cases/{case_id}/presence", "counter"),
    ("/v1/cases/{case_id}/delivery", "draft"),
    ("/v1/cases/{case_id}/commitment", "draft"),
    ("/v1/cases/{case_id}/proposals/{verb}/turn_down", "proposed"),
    ("/v1/cases/{case_id}/receipt", "closed"),
    ("/v1/cases/", "submitted"),
    ("/v1/licences/", "closed"),
    ("/v1/messages/", "message"),
    ("/v1/ledger/seals/", "seal"),
    ("/scim/v2/Users/", "staff"),
    ("/scim/v2/Groups/", "post of staff"),
    ("/scim/v2/ResourceTypes/", "type of staff"),
    ("/scim/v2/Schemas/", "schema of staff"),
    ("/scim/v2/{rest}", "type of staff"),
)
# Where two doors mean different things by one beginning.
_MEANT_AT = {("portal", "/info/{info_id}"): "announced"}
_EDITION_VERBS = ("check", "send_back", "approve", "publish", "retire")
# In which state of a certificate a verb is possible; all others are asked of one that is good.
_STATE_OF_CERTIFICATE = {
    "approve": "requested certificate",
    "refuse": "requested certificate",
    "withdraw": "approved certificate",
    "issue": "approved certificate",
    "resume": "suspended certificate",
}
_OF_HOLDERS = ("withdraw", "issue", "suspend", "revoke", "renew", "replace")
_VERBS: dict[str, tuple[str, ...]] = {
    "/my/certificates/{certificate_id}/{verb}": _OF_HOLDERS,
    "/account/certificates/{certificate_id}/{verb}": _OF_HOLDERS,
    "/certificates/{certificate_id}/{verb}": ("approve", "refuse", "resume", *_OF_HOLDERS),
    "/systems/{system_id}/{verb}": tuple(SystemVerb),
    "/cases/{case_id}/{verb}": tuple(str(name) for name in OF_CASES),
    "/cases/{case_id}/parts/{part}/{verb}": ("opine", "pause", "unpause"),
    "/checks/{case_id}/{verb}": tuple(CheckVerb),
    "/catalogue/flags/{flag_id}/{verb}": ("keep", "redraft"),
    "/migrations/{migration_id}/{verb}": ("confirm", "cancel", "resume"),
    "/info/{info_id}/{verb}": ("write", "redraft", "send", "send_back", "approve", "withdraw"),
    "/powers/{adjustment_id}/{verb}": ("rewrite", "send", "send_back", "approve", "discard"),
    "/catalogue/editions/{edition_id}/{verb}": _EDITION_VERBS,
    "/catalogue/standards/{edition_id}/{verb}": _EDITION_VERBS,
    "/v1/cases/{case_id}/proposals/{verb}/turn_down": ("extend",),
}


class Unplaced(LookupError):  # noqa: N818 -- names what is the matter
    """An address with names that nothing here fills (未安排的地址): say in this file which thing it means."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the matrix (一行): an address, its verb where the pattern has one, and which thing it is asked about."""

    address: Address
    thing: str = ""
    verb: str = ""

    def label(self) -> str:
        pattern = self.address.pattern.replace("{verb}", self.verb) if self.verb else self.address.pattern
        return f"{self.address.method} {pattern}"

    def path(self, values: Mapping[str, object], *, absent: bool = False) -> str:
        """The address to ask, its names filled; ``absent``: about a thing that there is not, whatever of it is asked."""
        given = {name: values.get(name, NOTHING) for name in self.address.names}
        if absent and given:
            given[self.address.names[0]] = NOTHING
        return self.address.pattern.format_map({**given, **({"verb": self.verb} if self.verb else {})})


def questions(door: str, address: Address) -> Iterator[Question]:
    """The rows of an address at a door; raises :class:`Unplaced`."""
    if not address.names:
        yield Question(address)
        return
    at_door = (
        thing
        for (at, begins), thing in _MEANT_AT.items()
        if at == door and address.pattern.startswith(begins)
    )
    anywhere = (thing for begins, thing in _MEANT if address.pattern.startswith(begins))
    thing = next(chain(at_door, anywhere), None)
    if thing is None:
        raise Unplaced(address.pattern)
    if "{verb}" in address.pattern:
        if address.pattern not in _VERBS:
            raise Unplaced(address.pattern)
        for verb in _VERBS[address.pattern]:
            of_case = address.pattern == "/cases/{case_id}/{verb}"
            states = _STATE_OF if of_case else _STATE_OF_CERTIFICATE if thing == "certificate" else {}
            yield Question(address, states.get(verb, thing), str(verb))
        return
    last = address.pattern.rpartition("/")[2]
    if address.pattern.startswith(("/v1/cases/{case_id}/acts/", "/v1/cases/{case_id}/proposals/")):
        thing = _STATE_OF.get(last, thing)
    yield Question(address, thing)
