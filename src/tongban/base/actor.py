"""Actor (行为人): who does an act, under which posts, for whom. Passed into every action."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from tongban.standards import divisions


class ActorKind(StrEnum):
    """Kind of actor (行为人类别)."""

    PERSON = "person"  # an applicant, or an agent acting for a party
    STAFF = "staff"  # somebody who holds a post in an organ
    SYSTEM = "system"  # the platform itself: jobs and timers
    CONNECTED = "connected"  # a program of an organ, in its own name
    PUBLIC = "public"  # nobody known: an anonymous visitor


@dataclass(frozen=True, slots=True)
class Post:
    """Post (岗位): a role exercised in one organ.

    ``place``: division code of the organ's place; it follows from the organ, so two posts do not differ by it.
    ``for_id``: account of the colleague for whom one deputises in this post; absent in a post of one's own.
    ``items``: codes of the basic items for which the role is held; empty: for all of the organ.
    """

    role: str
    organ_id: UUID
    place: str = field(default="", compare=False)
    for_id: UUID | None = None
    items: frozenset[str] = field(default_factory=frozenset, compare=False)


class ActSigner(Protocol):
    """Signer of acts (行为签名者): somebody's certificate, unlocked by her for one request."""

    def sign_act(self, content: bytes, at: datetime) -> bytes:
        """Evidence (签名证据) over ``content``: CMS SignedData (RFC 5652), DER, detached, with time stamp and status inside."""
        ...


class Bounds(Protocol):
    """Bounds (授权范围): how far somebody who acts for another may go. What they mean is said where mandates are known."""

    @property
    def number(self) -> str:
        """The number by which people speak of the mandate (授权编号)."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Actor (行为人).

    ``id``: account id, absent for the public and for the system. ``party_id``: the party acted for.
    ``mandate_id``: by which mandate (授权) she acts for that party, absent where it is herself; ``bounds``: how far it reaches.
    ``level``: level of assurance (实名等级), 1 to 3, of whom she is known to be in this session; 0 where nobody looked.
    ``session_id``: the session in which she acts, absent for programs. ``signer``: signs her acts with her certificate,
    where she has unlocked it for this act.
    ``name``: name shown to staff and kept in the ledger for staff and systems only; a citizen's name is
    personal data and stays out of the ledger.
    ``organ_id``, ``scopes``: of a connected system, whose it is and what it was granted; it has neither posts nor party.
    """

    kind: ActorKind
    id: UUID | None = None
    party_id: UUID | None = None
    name: str = ""
    posts: frozenset[Post] = field(default_factory=frozenset)
    mandate_id: UUID | None = None
    level: int = field(default=0, compare=False)
    session_id: UUID | None = field(default=None, compare=False)
    signer: ActSigner | None = field(default=None, compare=False, repr=False)
    bounds: Bounds | None = field(default=None, compare=False)
    organ_id: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)

    def organs_as(self, *roles: str) -> frozenset[UUID]:
        """Organs in which the actor holds one of ``roles``."""
        return frozenset(post.organ_id for post in self.posts if post.role in roles)

    def holds(self, role: str, organ_id: UUID, item: str) -> bool:
        """Whether the actor holds the role in this organ for this item (是否有岗位), by the code of the basic item."""
        return any(
            post.role == role and post.organ_id == organ_id and (not post.items or item in post.items)
            for post in self.posts
        )

    def organs(self) -> frozenset[UUID]:
        """Organs in which the actor holds any post."""
        return frozenset(post.organ_id for post in self.posts)

    def areas_as(self, *roles: str) -> frozenset[str]:
        """Areas (辖区) of the organs in which the actor holds one of ``roles``: beginnings of division codes.

        Whatever lies in the organ's place has a code that begins so: containment by prefix is the coding structure of
        GB/T 2260. The *kind* of a place is never read from digits, and need not be: a province gives its two, a county six.
        A post whose organ has no place reaches nothing.
        """
        places = {post.place for post in self.posts if post.role in roles and post.place}
        return frozenset(divisions.parse(place).prefix for place in places)

    def stands_for(self) -> frozenset[UUID]:
        """Accounts for which the actor stands (所代表的账号): the own one and all for whom she deputises.

        Where one act needs two persons, neither may stand for the other: what somebody has done binds her deputy.
        """
        own = frozenset() if self.id is None else frozenset({self.id})
        return own | frozenset(post.for_id for post in self.posts if post.for_id is not None)

    def for_ledger(self) -> dict[str, str]:
        """What the ledger keeps of the actor: kind, account id, the mandate and for whom, and, for officials, the name."""
        kept = {"kind": self.kind.value}
        if self.id is not None:
            kept["id"] = str(self.id)
        if self.kind in (ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.CONNECTED) and self.name:
            kept["name"] = self.name
        if self.mandate_id is not None:
            kept |= {"mandate": str(self.mandate_id), "for": str(self.party_id)}
        return kept


PUBLIC = Actor(kind=ActorKind.PUBLIC)


def system(name: str) -> Actor:
    """The platform acting by itself, under the name of the job."""
    return Actor(kind=ActorKind.SYSTEM, name=name)
