"""Tables of identity (身份表)."""

from .accounts import Account, Accounts, Guess, Token
from .posts import Deputy, Holding
from .sessions import Session

__all__ = ["Account", "Accounts", "Deputy", "Guess", "Holding", "Session", "Token"]
