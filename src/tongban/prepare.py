"""Preparation (准备): everything between a database that answers and doors that may open. Each step may be repeated."""

import hashlib
from pathlib import Path

from config.home import HOME, ROOT
from tongban.progress import Report, say, step


def run() -> int:
    """Bring schema, data, messages and static files up to date (准备); needs Django set up."""
    from django.core.management import call_command

    with step("数据库结构 schema"):
        call_command("migrate", interactive=False, verbosity=0)
    with step("检索 search"):
        index()
    with step("工作日历 calendar") as report:
        calendar(report)
    with step("基础数据与演示 reference data") as report:
        seed(report)
    with step("界面文字 messages"):
        compile_messages()
    with step("静态文件 static files"):
        collect_static()
    return 0


def index() -> int:
    """Put what was published before there was a search into it (补建检索); nothing where it has anything. Returns how many."""
    from tongban.base.search import queries as search

    return rebuild() if search.is_empty() else 0


def rebuild() -> int:
    """Put everything that was published into the search anew (重建检索); returns how many."""
    from tongban.offers.catalogue import commands as catalogue
    from tongban.offers.publicinfo import commands as publicinfo

    return catalogue.index() + publicinfo.index()


def calendar(report: Report) -> None:
    """Take in the shipped working calendar where none was imported (首份工作日历), in a database older than its room as well."""
    from django.conf import settings

    from tongban.base.calendar import imports, queries

    if imports.run_first(Path(settings.DATA) / queries.SHIPPED, report) != 0:
        raise RuntimeError(f"data/{queries.SHIPPED} could not be imported; the reasons stand above")


def seed(report: Report) -> None:
    """Fill an empty database with reference data and the demonstration (初始数据).

    A database with accounts is somebody's: nothing is added; example systems that are there follow when they are served elsewhere. The mark tells one that we began to fill and
    did not finish; filling is idempotent and goes on there.
    """
    from tongban.demo import seed as demonstration
    from tongban.people.identity import queries as identity

    mark = HOME / "seeding"
    if not mark.exists() and identity.has_accounts():
        if demonstration.is_rehearsal():
            demonstration.follow_ports(report)
        return
    mark.touch()
    demonstration.run(report)
    mark.unlink()


def seed_province() -> int:
    """Fill the catalogue with a demonstration as large as the province (全省演示目录); returns the exit code.

    Only on one's own machine: nobody else may take it for a catalogue. May be stopped and begun again.
    """
    from tongban.demo import seed as demonstration
    from tongban.demo.province import fill

    if not demonstration.is_rehearsal():
        say("本站不在本机地址上服务，不装入演示目录")
        return 1
    try:
        fill.run(say)
    except KeyboardInterrupt:
        say("\n停下了。已经装入的都在，再运行一次同样的命令，接着装入其余的")
        return 130
    return 0


def compile_messages() -> None:
    """Compile message catalogues that are newer than what was made of them (编译文案), without GNU gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (ROOT / "src" / "tongban" / "doors" / "web" / "locale").rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        fresh = target.with_suffix(".mo.new")
        with source.open("rb") as given, fresh.open("wb") as made:
            write_mo(made, read_po(given))
        fresh.replace(target)


def collect_static() -> None:
    """Gather static files where one has changed since the last time (收集静态文件)."""
    from django.core.management import call_command

    mark = HOME / "static.digest"
    found = _digest_of_static()
    if mark.exists() and mark.read_text() == found:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(found)


def _digest_of_static() -> str:
    """Digest over name, size and time of every static file: contents are not read."""
    import django

    seen = hashlib.sha256(django.__version__.encode())
    folders = [
        *(ROOT / "src").rglob("static"),
        ROOT / "build" / "vendor",
        Path(__file__).parents[1] / "config",
    ]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                kept = path.stat()
                seen.update(f"{path}\0{kept.st_size}\0{kept.st_mtime_ns}\n".encode())
    return seen.hexdigest()
