"""SoftHSM for the whole process: the module reads its configuration, and which tokens there are, when it is loaded, once.

Three tokens, since a process logs in to one but once: for the library's tests, for the service's, and a holder's own.
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
LABEL, SERVICE, HOLDER, PIN = "tongban", "service", "holder", "73158264"


@cache
def prepare() -> None:
    """The token, made before anybody loads the module."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for label in (LABEL, SERVICE, HOLDER):
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678"],
            check=True, capture_output=True,
        )  # fmt: skip


@cache
def pin_file() -> str:
    """Where the PIN of the service's token is read (口令文件): one for the process, as the session is."""
    path = Path(tempfile.mkdtemp(prefix="softhsm-")) / "pin"
    path.write_text(f"{PIN}\n")
    return str(path)
