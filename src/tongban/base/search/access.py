"""Who may do what with search (检索权限): searching is open to everybody; synonyms are kept by editors."""

from tongban.base.actor import Actor, ActorKind
from tongban.standards.text import msg


def may_keep(actor: Actor) -> tuple[bool, str]:
    """Whether ``actor`` may add, change and end synonym groups (同义词维护权), and why not."""
    if actor.kind is ActorKind.SYSTEM or actor.organs_as("editor"):
        return True, ""
    return False, msg("只有事项编辑可以改动同义词。")
