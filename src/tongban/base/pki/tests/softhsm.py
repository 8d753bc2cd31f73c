"""SoftHSM for the whole process: the module reads its configuration, and which tokens there are, when it is loaded, once.

Two tokens, since a process logs in to one but once: one for the library's tests, one for the service's.
"""

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SOFTHSM = next(
    (path for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so") if Path(path).exists()),
    "libsofthsm2.so",
)  # fmt: skip
LABEL, SERVICE, PIN = "tongban", "tongban-service", "73158264"


@cache
def prepare() -> None:
    """The token, made before anybody loads the module."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for label in (LABEL, SERVICE):
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678"],
            check=True, capture_output=True,
        )  # fmt: skip
