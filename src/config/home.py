"""Where things lie (位置): the checkout and the state folder, known before anything else is read.

The command line and the test session start the embedded database before Django's settings exist, and the settings
read the database's address when they are imported; so these two paths stand apart from the settings.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Everything an installation keeps: database, files, secret, logs. One folder to back up, one to delete.
HOME = Path(os.environ.get("TONGBAN_HOME") or ROOT / "var").resolve()
