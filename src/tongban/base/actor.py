"""Actor (行为人): who does an act, under which posts, for whom. Passed into every action."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """Kind of actor (行为人类别)."""

    PERSON = "person"  # an applicant, or an agent acting for a party
    STAFF = "staff"  # somebody who holds a post in an organ
    SYSTEM = "system"  # the platform itself: jobs and timers
    PUBLIC = "public"  # nobody known: an anonymous visitor


@dataclass(frozen=True, slots=True)
class Post:
    """Post (岗位): a role exercised in one organ."""

    role: str
    organ_id: UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Actor (行为人).

    ``id``: account id, absent for the public and for the system. ``party_id``: the party acted for.
    ``name``: name shown to staff and kept in the ledger for staff and system only; a citizen's name is
    personal data and stays out of the ledger.
    """

    kind: ActorKind
    id: UUID | None = None
    party_id: UUID | None = None
    name: str = ""
    posts: frozenset[Post] = field(default_factory=frozenset)

    def organs_as(self, *roles: str) -> frozenset[UUID]:
        """Organs in which the actor holds one of ``roles``."""
        return frozenset(post.organ_id for post in self.posts if post.role in roles)

    def organs(self) -> frozenset[UUID]:
        """Organs in which the actor holds any post."""
        return frozenset(post.organ_id for post in self.posts)

    def for_ledger(self) -> dict[str, str]:
        """What the ledger keeps of the actor: kind, account id and, for officials, the name."""
        kept = {"kind": self.kind.value}
        if self.id is not None:
            kept["id"] = str(self.id)
        if self.kind in (ActorKind.STAFF, ActorKind.SYSTEM) and self.name:
            kept["name"] = self.name
        return kept


PUBLIC = Actor(kind=ActorKind.PUBLIC)


def system(name: str) -> Actor:
    """The platform acting by itself, under the name of the job."""
    return Actor(kind=ActorKind.SYSTEM, name=name)
