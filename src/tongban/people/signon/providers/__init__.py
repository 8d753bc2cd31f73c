"""Calls to connected systems (呼叫接入系统): reading their public keys, posting to them. Nothing is followed elsewhere."""

from .calling import Unreachable, fetch, post_form

__all__ = ["Unreachable", "fetch", "post_form"]
