"""Stand-ins for what lies outside (模拟外部系统): where each is served on one's own machine, said once.

Read by the settings, by the supervisor that starts them and by the command that is one; before the framework is there.
"""

import os
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
_USUAL = {"sources": 8009, "provider": 8008}
# The outside provider of a rehearsal, as the platform knows it: its key, and our client id there.
PROVIDER_KEY = "simulated"
PROVIDER_NAME = "模拟身份平台"
PROVIDER_CLIENT = "tongban"
PROVIDER_SECRET = "provider_secret"  # noqa: S105 -- the name of a file in the state folder


def port(name: str) -> int:
    """Port of a stand-in (端口): what ``TONGBAN_PORT_<NAME>`` says, or the usual one."""
    return int(os.environ.get(f"TONGBAN_PORT_{name.upper()}") or _USUAL[name])


def address(name: str) -> str:
    """Address of a stand-in (地址)."""
    return f"http://{LOOPBACK}:{port(name)}"


def in_use() -> dict[str, int]:
    """Port of each stand-in that is ours to run (启用的模拟系统): none where the environment names a real one.

    At the provider anybody is whom she likes: it is one on somebody's own machine only.
    """
    own = urlsplit(os.environ.get("TONGBAN_PUBLIC_URL") or f"http://{LOOPBACK}").hostname
    wanted = {
        "sources": not os.environ.get("TONGBAN_SOURCES_URL"),
        "provider": not os.environ.get("TONGBAN_OUTSIDE") and own in (LOOPBACK, "localhost", "::1"),
    }
    return {name: port(name) for name in _USUAL if wanted[name]}
