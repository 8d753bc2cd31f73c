"""Acts of search (检索行为): put, end and remove documents in the publisher's transaction; keep synonym groups."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import execute, fetch_all
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.base.search.access import may_keep
from tongban.base.search.models import SynonymGroup
from tongban.base.search.queries import live_words, stream_of
from tongban.base.search.rules import synonyms as rules
from tongban.base.search.rules.documents import Document, phrases, text_digest, weights
from tongban.base.search.rules.words import phrase_keys
from tongban.standards import divisions
from tongban.standards.text import msg

# --- documents ---------------------------------------------------------------------------------------------------------

# A text that is there already is only given the facets it lacks. Rows are locked only where something is to be written:
# many organs publish the same words at once.
_TEXTS = """
    WITH given AS (
        SELECT digest, grp, title, prior, array_agg(DISTINCT f) FILTER (WHERE f IS NOT NULL) AS facets FROM (
            SELECT g.*, jsonb_array_elements_text(CASE WHEN g.facets = '[]' THEN '[null]'::jsonb ELSE g.facets END) AS f
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::float[], %s::jsonb[]) AS g(digest, grp, title, prior, facets)
        ) each GROUP BY 1, 2, 3, 4
    )
    INSERT INTO search_text AS t (digest, grp, title, prior, facets)
    SELECT digest, grp, title, prior, coalesce(facets, '{}') FROM given g
    WHERE NOT EXISTS (SELECT 1 FROM search_text k WHERE k.digest = g.digest AND k.facets @> coalesce(g.facets, '{}'))
    ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET facets = (
        SELECT array_agg(DISTINCT f ORDER BY f) FROM unnest(t.facets || excluded.facets) f)
    WHERE NOT t.facets @> excluded.facets
    RETURNING digest, id, xmax = 0
"""
_KNOWN_TEXTS = "SELECT digest, id FROM search_text WHERE digest = ANY(%s::text[])"
_POSTINGS = """
    INSERT INTO search_posting (text_id, term, weight)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::float[]) ON CONFLICT DO NOTHING
"""
_REPLACE = """
    UPDATE search_document d SET ends_on = greatest(g.starts_on, d.starts_on)
    FROM unnest(%s::text[], %s::text[], %s::date[]) AS g(key, ref, starts_on)
    WHERE d.ref = g.ref AND d.key <> g.key AND d.starts_on <= g.starts_on AND (d.ends_on IS NULL OR d.ends_on > g.starts_on)
"""
_DOCUMENTS = """
    INSERT INTO search_document (key, kind, ref, grp, text_id, place, reach, owner, starts_on, ends_on, facets, prior, shown)
    SELECT g.key, g.kind, g.ref, g.grp, g.text_id, g.place, g.reach, g.owner, g.starts_on, g.ends_on,
        ARRAY(SELECT jsonb_array_elements_text(g.facets) ORDER BY 1), g.prior, g.shown
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[],
        %s::text[], %s::date[], %s::date[], %s::jsonb[], %s::float[], %s::jsonb[])
        AS g(key, kind, ref, grp, text_id, place, reach, owner, starts_on, ends_on, facets, prior, shown)
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, ref = excluded.ref, grp = excluded.grp, text_id = excluded.text_id,
        place = excluded.place, reach = excluded.reach, owner = excluded.owner, starts_on = excluded.starts_on,
        ends_on = excluded.ends_on, facets = excluded.facets, prior = excluded.prior, shown = excluded.shown
"""


def put(document: Document) -> None:
    """Put one document (写入检索文档), in the transaction of the act that publishes it."""
    put_all([document])


@transaction.atomic
def put_all(documents: Sequence[Document]) -> None:
    """Put documents (批量写入): a known key is written anew; an earlier document of the same ref ends where this one starts.

    The number of statements does not depend on how many there are. What says the same shares its text.
    """
    if not documents:
        return
    documents = _in_turn(documents)
    by_digest = {text_digest(document): document for document in documents}
    texts = _texts([(text_digest(document), document) for document in documents], by_digest)
    execute(
        _REPLACE,
        [
            [document.key for document in documents],
            [document.ref for document in documents],
            [document.starts_on for document in documents],
        ],
    )
    execute(_FACETS, [sorted({facet for document in documents for facet in document.facets})])
    rows = {document.key: _row(document, texts[text_digest(document)]) for document in documents}
    execute(_DOCUMENTS, [list(column) for column in zip(*rows.values(), strict=True)])


def _in_turn(documents: Sequence[Document]) -> list[Document]:
    """The documents, each ending where a later one of the same ref among them starts; the last of one key counts."""
    found: list[Document] = []
    next_start: dict[str, date] = {}
    last_of = {document.key: document for document in documents}
    for document in sorted(last_of.values(), key=lambda one: one.starts_on, reverse=True):
        starts = next_start.get(document.ref)
        if starts is not None and (document.ends_on is None or document.ends_on > starts):
            document = replace(document, ends_on=starts)  # noqa: PLW2901 -- the same document, ended
        next_start[document.ref] = document.starts_on
        found.append(document)
    return found[::-1]


_FACETS = """
    INSERT INTO search_facet (name) SELECT DISTINCT g FROM unnest(%s::text[]) AS g
    WHERE NOT EXISTS (SELECT 1 FROM search_facet k WHERE k.name = g) ORDER BY g ON CONFLICT DO NOTHING
"""


def _row(document: Document, text_id: int) -> tuple[object, ...]:
    return (
        document.key,
        document.kind,
        document.ref,
        document.group,
        text_id,
        document.place,
        divisions.parse(document.place).prefix if document.place else "",
        document.owner,
        document.starts_on,
        document.ends_on,
        Jsonb(sorted(document.facets)),
        document.prior,
        Jsonb(dict(document.shown)),
    )


def _texts(given: Sequence[tuple[str, Document]], by_digest: dict[str, Document]) -> dict[str, int]:
    """The texts of the documents, made where they are new together with their postings and phrases."""
    columns = (
        [digest for digest, _ in given],
        [document.group for _, document in given],
        [document.title for _, document in given],
        [document.prior for _, document in given],
        [Jsonb(sorted(document.facets)) for _, document in given],
    )
    touched = fetch_all(_TEXTS, columns)
    found = {str(digest): int(id_) for digest, id_ in fetch_all(_KNOWN_TEXTS, [list(by_digest)])}
    fresh = [(int(id_), by_digest[str(digest)]) for digest, id_, new in touched if new]
    if fresh:
        postings = [
            (id_, term, weight) for id_, one in fresh for term, weight in sorted(weights(one).items())
        ]
        execute(_POSTINGS, [list(column) for column in zip(*postings, strict=True)] or [[], [], []])
        _put_phrases(
            [(phrase, weight, id_) for id_, one in fresh for phrase, weight in phrases(one).items()],
            synonym=False,
        )
    return found


_PHRASES = """
    INSERT INTO search_phrase AS p (phrase, weight, synonym)
    SELECT phrase, max(weight), bool_or(synonym) FROM unnest(%s::text[], %s::float[], %s::bool[]) AS g(phrase, weight, synonym)
    WHERE NOT EXISTS (SELECT 1 FROM search_phrase k WHERE k.phrase = g.phrase AND k.weight >= g.weight AND k.synonym >= g.synonym)
    GROUP BY phrase ORDER BY phrase
    ON CONFLICT (phrase) DO UPDATE SET weight = greatest(p.weight, excluded.weight), synonym = p.synonym OR excluded.synonym
    WHERE p.weight < excluded.weight OR (excluded.synonym AND NOT p.synonym)
    RETURNING phrase, id, xmax = 0
"""
_PHRASE_IDS = "SELECT phrase, id FROM search_phrase WHERE phrase = ANY(%s::text[])"
_PHRASES_OF = "INSERT INTO search_phrase_of (phrase_id, text_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"
_PHRASE_KEYS = """
    INSERT INTO search_phrase_key (phrase_id, key, rank)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::float[]) ON CONFLICT DO NOTHING
"""


def _put_phrases(given: Iterable[tuple[str, float, int | None]], *, synonym: bool) -> None:
    """Make phrases with their keys, and say which texts they belong to."""
    wanted = [(phrase[:200], weight, text_id) for phrase, weight, text_id in given]
    if not wanted:
        return
    columns = ([one[0] for one in wanted], [one[1] for one in wanted], [synonym] * len(wanted))
    fresh = {str(phrase): int(id_) for phrase, id_, new in fetch_all(_PHRASES, columns) if new}
    ids = {str(phrase): int(id_) for phrase, id_ in fetch_all(_PHRASE_IDS, [list(dict.fromkeys(columns[0]))])}
    links = [(ids[phrase], text_id) for phrase, _weight, text_id in wanted if text_id is not None]
    if links:
        execute(_PHRASES_OF, [list(column) for column in zip(*links, strict=True)])
    keys = [(id_, key, rank) for phrase, id_ in fresh.items() for key, rank in phrase_keys(phrase).items()]
    if keys:
        execute(_PHRASE_KEYS, [list(column) for column in zip(*keys, strict=True)])


def end(*, ref: str, ends_on: date) -> None:
    """End the documents of ``ref`` (到期) from ``ends_on``; what would begin later is never found."""
    execute(
        "UPDATE search_document SET ends_on = greatest(starts_on, %s) WHERE ref = %s AND (ends_on IS NULL OR ends_on > %s)",
        [ends_on, ref, ends_on],
    )


def remove(*keys: str) -> None:
    """Remove documents (删除检索文档) of something that was taken back as if it had never been."""
    execute("DELETE FROM search_document WHERE key = ANY(%s::text[])", [list(keys)])


# --- synonyms ----------------------------------------------------------------------------------------------------------

_SYNONYM_WEIGHT = 0.8  # [O] how readily a word of a synonym group is suggested


def _name_of(actor: Actor) -> str:
    """Who is shown as having changed a group; nobody where the platform did it."""
    return actor.name[:60] if actor.kind is ActorKind.STAFF else ""


def _ensure_keeper(actor: Actor) -> None:
    allowed, reason = may_keep(actor)
    if not allowed:
        raise Forbidden("search.synonyms", reason)


def _read(words: str, leads: str) -> rules.Synonyms:
    group, errors = rules.read(words, leads)
    if group is None:
        raise Invalid("search.synonyms", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return group


def add_synonyms(*, actor: Actor, words: str, leads: str, at: datetime, key: str | None = None) -> uuid.UUID:
    """Add a synonym group (新增同义词组); the same key by the same actor gives the same group again."""
    _ensure_keeper(actor)
    told = _read(words, leads)
    try:
        with transaction.atomic():
            group = SynonymGroup.objects.create(
                id=new_id(),
                words=list(told.words),
                leads=list(told.leads),
                made_at=at,
                changed_at=at,
                changed_by=_name_of(actor),
            )
            _say(told.words)
            record(
                stream=stream_of(group.id),
                act="search.add_synonyms",
                actor=actor,
                at=at,
                data=told.told(),
                key=key,
            )
            return group.id
    except Repeated:
        done = done_before(actor, key or "")
        if done is None or done[1] != "search.add_synonyms":
            raise Conflict("search.key", msg("这个请求编号已经用在另一次操作上。")) from None
        return uuid.UUID(done[0].partition(":")[2])


def change_synonyms(
    *,
    actor: Actor,
    group_id: uuid.UUID,
    words: str,
    leads: str,
    version: int,
    at: datetime,
    key: str | None = None,
) -> None:
    """Change a synonym group (修改同义词组)."""

    def change(group: SynonymGroup) -> rules.Synonyms:
        told = _read(words, leads)
        before = set(group.words)
        group.words, group.leads = list(told.words), list(told.leads)
        group.save()
        _fall_silent(before - set(told.words))
        _say(told.words)
        return told

    _act(actor, group_id, version, "search.change_synonyms", at, key, change)


def end_synonyms(
    *, actor: Actor, group_id: uuid.UUID, version: int, at: datetime, key: str | None = None
) -> None:
    """End a synonym group (停用同义词组); it stays in the list of ended ones."""

    def change(group: SynonymGroup) -> rules.Synonyms:
        group.ended_at = at
        group.save()
        _fall_silent(set(group.words))
        return rules.Synonyms(tuple(group.words), tuple(group.leads))

    _act(actor, group_id, version, "search.end_synonyms", at, key, change)


def _act(
    actor: Actor,
    group_id: uuid.UUID,
    version: int,
    act: str,
    at: datetime,
    key: str | None,
    change: Callable[[SynonymGroup], rules.Synonyms],
) -> None:
    """One change of a group (词组变更): lock, access, version, write, record."""
    _ensure_keeper(actor)
    try:
        with transaction.atomic():
            group = SynonymGroup.objects.select_for_update().filter(pk=group_id).first()
            if group is None:
                raise NotFound("search.synonyms", msg("没有这个同义词组。"))
            if group.ended_at is not None or group.version != version:
                if key is not None and done_before(actor, key) == (stream_of(group_id), act):
                    return
                raise Conflict(
                    "search.version", msg("您打开页面以后，这个词组有了变化。请看过最新情况再改。")
                )
            group.version, group.changed_at, group.changed_by = version + 1, at, _name_of(actor)
            told = change(group)
            record(stream=stream_of(group_id), act=act, actor=actor, at=at, data=told.told(), key=key)
    except Repeated:
        raise Conflict("search.key", msg("这个请求编号已经用在另一次操作上。")) from None


def _say(words: Iterable[str]) -> None:
    _put_phrases([(word, _SYNONYM_WEIGHT / (1 + len(word) / 40), None) for word in words], synonym=True)


def _fall_silent(words: set[str]) -> None:
    """Words that no live group has any more are not suggested by themselves."""
    gone = words - live_words(words)
    if gone:
        execute("UPDATE search_phrase SET synonym = false WHERE phrase = ANY(%s::text[])", [sorted(gone)])
