"""Acts on mandates (授权行为)."""

from .companies import register_company, register_company_at_counter, take_over
from .counter import Shown, end_at_counter, record_at_counter, record_paper
from .families import register_child
from .lives import accept, lapse_all, refuse, resign, withdraw, withdraw_all
from .offering import Terms, offer
from .reminding import remind_all

__all__ = [
    "Shown",
    "Terms",
    "accept",
    "end_at_counter",
    "lapse_all",
    "offer",
    "record_at_counter",
    "record_paper",
    "refuse",
    "register_child",
    "register_company",
    "register_company_at_counter",
    "remind_all",
    "resign",
    "take_over",
    "withdraw",
    "withdraw_all",
]
