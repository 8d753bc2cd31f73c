"""``make bench`` (性能测量): set up a database of its own, measure every figure, print and keep the ratios, clean up.

DATABASE_URL names the server (our own durable cluster where it is unset); TONGBAN_BENCH_SECONDS how long each run lasts; TONGBAN_BENCH_ONLY names the areas where not all are wanted (e.g. ``find``).
"""

import os
import subprocess
import sys

from tests.bench.database import ROOT, database, home

DATABASE = "tongban_bench"


def main() -> int:
    """Measure everything (测量); 0, whatever the figures are: goals are shown, not enforced."""
    wanted = os.environ.get("TONGBAN_BENCH_ONLY", "").split()
    if not wanted or "certificates" in wanted:
        _alone()
    if not wanted or set(wanted) - {"catalogue", "certificates"}:
        _served(wanted)
    if not wanted or "catalogue" in wanted:
        # The whole province, in a database and a process of its own.
        return subprocess.run([sys.executable, "-m", "tests.bench.catalogue"], check=False).returncode
    return 0


def _alone() -> None:
    """What needs neither database nor stage (单独测量)."""
    from tests.bench import certificates, report

    print("certificates …", file=sys.stderr, flush=True)
    figures = certificates.measure()
    print(report.table(figures))
    report.keep(figures, ROOT / "build" / "bench.jsonl")


def _served(wanted: list[str]) -> None:
    """What is measured on the stage of fifty items (小布景测量)."""
    os.environ["TONGBAN_DOOR"] = "portal"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    with home(), database(DATABASE) as url:
        import django

        django.setup()
        from tests.bench import (
            accept,
            clock,
            decide,
            find,
            guide,
            licences,
            lists,
            lives,
            report,
            responsibility,
            service,
            signon,
            submit,
        )
        from tests.bench.stage import Stage

        stage = Stage(url)
        figures: list[report.Figure] = []
        for area in (
            submit,
            accept,
            decide,
            licences,
            lives,
            responsibility,
            service,
            guide,
            find,
            lists,
            clock,
            signon,
        ):
            if wanted and area.__name__.rpartition(".")[2] not in wanted:
                continue
            print(f"{area.__name__.rpartition('.')[2]} …", file=sys.stderr, flush=True)
            figures += area.measure(stage)
        print(report.table(figures))
        report.keep(figures, ROOT / "build" / "bench.jsonl")


if __name__ == "__main__":
    sys.exit(main())
