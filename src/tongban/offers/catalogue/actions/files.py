"""Files of guides (指南文件): blank forms and samples that an editor gives to be shown to everybody, and no other paper."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.base.files import actions as files
from tongban.base.record import record
from tongban.offers.catalogue.access import may_compare
from tongban.offers.catalogue.models import GuideFile
from tongban.standards.text import msg

LARGEST_FILE = 20 * 1024 * 1024  # bytes, as of every upload


@transaction.atomic
def give_file(
    *, actor: Actor, stream: files.Readable, name: str, at: datetime, field: str = "file"
) -> dict[str, object]:
    """Take in a file for guides (收下指南文件); returns it as an attachment. The same file again changes nothing.

    Raises Invalid at ``field`` for what is empty, too large or of another kind, Forbidden for who edits nothing.
    """
    allowed, reason = may_compare(actor)
    if not allowed:
        raise Forbidden("catalogue.editor", reason)
    stored = files.store(stream, limit=LARGEST_FILE, at=at, name=name, field=field)
    _, fresh = GuideFile.objects.get_or_create(
        digest=stored.digest, defaults={"given_at": at, "given_by": actor.id}
    )
    if fresh:
        data = {"digest": stored.digest, "size": stored.size}
        record(stream=f"guide_file:{stored.digest}", act="catalogue.give_file", actor=actor, at=at, data=data)
    return {
        "name": name[-200:] or field,
        "digest": stored.digest,
        "size": stored.size,
        "media_type": stored.media_type,
    }


def ensure_given(body: Mapping[str, object]) -> None:
    """Raise Invalid where a text names a file that no editor gave for guides (核对附件): it may be anybody's private paper."""
    named = dict(_named(body, ""))
    if not named:
        return
    known = set(GuideFile.objects.filter(pk__in=set(named.values())).values_list("digest", flat=True))
    told = [msg("这个文件不是为办事指南上传的，请重新上传。")]
    unknown = {path: told for path, digest in named.items() if digest not in known}
    if unknown:
        raise Invalid("catalogue.attachment", told[0], fields=unknown)


def _named(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        digest = value.get("digest")
        if isinstance(digest, str):
            yield path, digest
        for name, part in value.items():
            yield from _named(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _named(part, f"{path}.{place}")
