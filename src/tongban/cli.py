"""The command line (命令行): ``tongban <command>``. Each command imports what it needs only when it is called."""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Each is called as function(path, report) and returns the exit code.
IMPORTS = {
    "places": "tongban.people.places.imports:run",
    "departments": "tongban.people.parties.imports:run",
    "staff": "tongban.people.identity.imports:run",
    "items": "tongban.offers.catalogue.imports:run_items",
    "guides": "tongban.offers.catalogue.imports:run_guides",
    "bundles": "tongban.offers.catalogue.imports:run_bundles",
    "drafts": "tongban.offers.catalogue.imports:run_drafts",
    "sheets": "tongban.offers.catalogue.imports:run_sheets",
    "sightings": "tongban.offers.catalogue.imports:run_sightings",
    "laws": "tongban.offers.publicinfo.imports:run",
    "agencies": "tongban.offers.publicinfo.imports:run_agencies",
    "powers": "tongban.offers.powers.imports:run",
    "synonyms": "tongban.base.search.imports:run",
    "calendar": "tongban.base.calendar.imports:run",
}


@contextlib.contextmanager
def application() -> Iterator[None]:
    """Django, on a database that answers (应用环境): the embedded one unless DATABASE_URL names another."""
    from config.home import HOME
    from tongban.base.postgres import ensure_database

    cluster = ensure_database(HOME / "postgres")
    try:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        yield
    finally:
        if cluster is not None:
            cluster.close()


def run(_: argparse.Namespace) -> int:
    """Serve everything on this machine until Ctrl-C (运行)."""
    from tongban import serve

    return serve.run()


def stop(_: argparse.Namespace) -> int:
    """Stop what ``tongban run`` serves (停止)."""
    from tongban import serve

    return serve.stop_running()


def prepare(_: argparse.Namespace) -> int:
    """Bring schema, data, messages and static files up to date (准备)."""
    from tongban import prepare as preparation

    with application():
        return preparation.run()


def migrate(_: argparse.Namespace) -> int:
    """Bring the schema up to date (迁移)."""
    with application():
        from django.core.management import call_command

        call_command("migrate", interactive=False)
    return 0


def worker(_: argparse.Namespace) -> int:
    """Do the jobs in the queue and keep the timers (后台任务)."""
    with application():
        from tongban import wiring
        from tongban.base.outbox import worker as outbox_worker

        outbox_worker.run(wiring.FOLLOWUPS, wiring.TIMERS)
    return 0


def seed(args: argparse.Namespace) -> int:
    """Fill the database with reference data and the demonstration (初始数据); ``--size province``: the whole province's catalogue."""
    from tongban import prepare as preparation

    with application():
        preparation.seed(print)
        return preparation.seed_province() if args.size == "province" else 0


def index(_: argparse.Namespace) -> int:
    """Put everything that was published into the search anew (重建检索)."""
    from tongban import prepare as preparation

    with application():
        print(preparation.rebuild())
    return 0


def ledger(args: argparse.Namespace) -> int:
    """Verify the ledger, or seal what is not sealed yet (存证账本)."""
    with application():
        from tongban import wiring
        from tongban.base.ledger import commands

        if args.act == "seal":
            return commands.seal(args)
        return commands.verify(args, [_named(path) for path in wiring.WITNESSES])


def verify(args: argparse.Namespace) -> int:
    """Check a receipt, an export or a responsibility report, offline (核验): by the keys in it, or by ``--key`` and ``--root``, repeated at will."""
    from tongban import verify as verification

    return verification.run(args.file, args.key, args.root)


def pki(args: argparse.Namespace) -> int:
    """Ceremonies, seals and holders' tokens of the certificate service, its lists and fingerprints (证书服务)."""
    with application():
        from tongban.people.certificates import commands

        parser = argparse.ArgumentParser(prog="tongban pki")
        commands.parser(parser)
        return commands.run(parser.parse_args(args.rest))


def signon(_: argparse.Namespace) -> int:
    """Make new signing keys for single sign-on (轮换登录密钥); former ones stay published for a day."""
    with application():
        from tongban.people.signon import commands

        return commands.rotate()


def simulate(args: argparse.Namespace) -> int:
    """Stand in for what lies outside (模拟外部系统): ``sources`` of facts and messages, or a ``provider`` of outside accounts."""
    from config import ports, settings, stand_ins
    from config.home import HOME
    from tongban.demo.simulators import provider, sources

    port = args.port or ports.port(args.what)
    if args.what == "sources":
        return sources.run(settings.DATA, settings.SOURCES_KEY, port)
    client = provider.Client(
        stand_ins.PROVIDER_CLIENT,
        f"{settings.PUBLIC_URL}/login/outside/{stand_ins.PROVIDER_KEY}/back",
        secret=settings.read_secret(HOME, stand_ins.PROVIDER_SECRET),
    )
    return provider.run(settings.DATA, client, port)


def calendar(_: argparse.Namespace) -> int:
    """Compute the dates of all open cases anew by the current calendar (重算期限)."""
    with application():
        from tongban.work.cases import commands

        return commands.recompute()


def _named(path: str) -> Callable[[], Any]:
    """The function at a dotted path (按名取函数)."""
    module, _, name = path.rpartition(".")
    found: Callable[[], Any] = getattr(importlib.import_module(module), name)
    return found


def import_file(args: argparse.Namespace) -> int:
    """Take in a file of places, departments, items, guides, bundles, drafts, sightings, laws, agencies, powers, synonyms or a calendar (导入)."""
    path: Path = args.file
    if not path.exists():
        print(f"没有这个文件：{path}", file=sys.stderr)
        return 2
    module, name = IMPORTS[args.kind].split(":")
    with application():
        take_in: Callable[[Path, Callable[[str], None]], int] = getattr(importlib.import_module(module), name)
        return take_in(path, print)


def manage(args: argparse.Namespace) -> int:
    """Any of Django's own commands (框架命令), e.g. ``tongban manage showmigrations``."""
    with application():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["tongban manage", *args.rest])
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands (命令表)."""
    parser = argparse.ArgumentParser(prog="tongban", description="通办 Tongban")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for handler in (run, stop, prepare, migrate, worker, index):
        _add(commands, handler.__name__, handler)
    _add(commands, "seed", seed).add_argument("--size", choices=("usual", "province"), default="usual")
    _add(commands, "ledger", ledger).add_argument("act", choices=("verify", "seal"))
    _add(commands, "signon", signon).add_argument("act", choices=("rotate",))
    verifying = _add(commands, "verify", verify)
    verifying.add_argument("file", type=Path)
    verifying.add_argument("--key", type=Path, action="append", default=[], metavar="KEY.pem")
    verifying.add_argument("--root", type=Path, action="append", default=[], metavar="ROOT.pem")
    _add(commands, "pki", pki).add_argument("rest", nargs=argparse.REMAINDER)
    simulating = _add(commands, "simulate", simulate)
    simulating.add_argument("what", choices=("sources", "provider"))
    simulating.add_argument("--port", type=int, default=0)
    _add(commands, "calendar", calendar).add_argument("act", choices=("recompute",))
    importing = _add(commands, "import", import_file)
    importing.add_argument("kind", choices=tuple(IMPORTS))
    importing.add_argument("file", type=Path)
    _add(commands, "manage", manage).add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    handler: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    said = (handler.__doc__ or "").splitlines()[0]
    added = commands.add_parser(name, help=said, description=said)
    added.set_defaults(handler=handler)
    return added


def main(arguments: list[str] | None = None) -> int:
    """Parse and do (入口). Returns the exit code; a database that cannot be run is told in one line."""
    from tongban.base.postgres import ServerError

    args = build_parser().parse_args(arguments)
    try:
        return int(args.handler(args))
    except ServerError as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
