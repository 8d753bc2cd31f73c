"""Stand-ins for what lies outside (模拟外部系统): where each is served on one's own machine, said once.

Read by the settings, by the supervisor that starts them and by the command that is one; before the framework is there.
"""

import os
from urllib.parse import urlsplit

from config import ports

_REAL = {"sources": "TONGBAN_SOURCES_URL", "provider": "TONGBAN_OUTSIDE"}
# The outside provider of a rehearsal, as the platform knows it: its key, and our client id there.
PROVIDER_KEY = "simulated"
PROVIDER_NAME = "模拟身份平台"
PROVIDER_CLIENT = "tongban"
PROVIDER_SECRET = "provider_secret"  # noqa: S105 -- the name of a file in the state folder


def in_use() -> dict[str, int]:
    """Port of each stand-in that is ours to run (启用的模拟系统): none where the environment names a real one.

    At the provider anybody is whom she likes: it is one on somebody's own machine only.
    """
    own = urlsplit(os.environ.get("TONGBAN_PUBLIC_URL") or ports.address("portal")).hostname
    alone = own in ("127.0.0.1", "localhost", "::1")
    return {
        name: ports.port(name)
        for name, variable in _REAL.items()
        if not os.environ.get(variable) and (alone or name != "provider")
    }
