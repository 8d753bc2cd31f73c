"""One share of the province in a process of its own (分工进程): ``python -m tongban.demo.province.share 0 2``."""

import os
import sys


def main() -> int:
    """Do the share that the arguments name (入口)."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tongban.demo.province import fill

    number, of = map(int, sys.argv[1:3])
    fill.publish_share(number, of)
    return 0


if __name__ == "__main__":
    sys.exit(main())
