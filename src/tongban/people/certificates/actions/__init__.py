"""Acts on certificates (证书行为): decide, stop and end."""

from .deciding import approve, refuse, withdraw
from .ending import keep_time, resume, revoke, supersede, suspend

__all__ = [
    "approve",
    "keep_time",
    "refuse",
    "resume",
    "revoke",
    "supersede",
    "suspend",
    "withdraw",
]
