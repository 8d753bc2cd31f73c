"""Ports on loopback (端口), said once: of the doors, of the example systems, of the stand-ins.

``TONGBAN_PORT_BASE`` moves all of them together, so that two checkouts run side by side; ``TONGBAN_PORT_<NAME>`` moves one. Read by the
settings, by the supervisor and by what it starts; before the framework is there.
"""

import os
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_BASE: Final = 8000
_USUAL: Final = {
    "portal": 8000,
    "workbench": 8001,
    "api": 8002,
    "example1": 8003,
    "example2": 8004,
    "provider": 8008,
    "sources": 8009,
}


def port(name: str) -> int:
    """Port of a part (端口)."""
    own = os.environ.get(f"TONGBAN_PORT_{name.upper()}")
    if own:
        return int(own)
    return _USUAL[name] - _BASE + int(os.environ.get("TONGBAN_PORT_BASE") or _BASE)


def address(name: str) -> str:
    """Address of a part on this machine (本机地址)."""
    return f"http://{LOOPBACK}:{port(name)}"
