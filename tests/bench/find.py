"""Finding (检索): search and suggestions over 100,000 implementations of 12,000 basic items, beside plain SQL in the same run.

Beside plain ``LIKE``, and beside the bare index: one prepared statement over a tsvector of the same texts, with nothing around it.
One searcher at a time: what a question costs, not what a crowd waits for.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from django.db import connection, connections
from tests.bench import load
from tests.bench.province import take_in
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.search import actions, queries
from tongban.base.search.queries import Filters
from tongban.base.search.rules import words
from tongban.base.search.rules.documents import Document
from tongban.offers.catalogue.models import BasicItem

BASICS, OFFERS = 12_000, 100_000
SEARCH_GOAL, SUGGEST_GOAL = 30.0, 15.0  # milliseconds that 95 of 100 stay below
ROUNDS = 5
ON = date(2026, 11, 2)
_BATCH = 500
_LEVELS = ("2", "3", "4", "5", "6")

# Questions of every kind, each with what it is narrowed to.
SEARCHES: Sequence[tuple[str, Filters]] = (
    *(
        (text, queries.NOTHING)
        for text in [
            "开饭馆",
            "补社保卡",
            "砍树要办什么证",
            "生孩子报销",
            "开理发店怎么办证",
            "老人补贴",
            "公司换法人",
            "孩子上小学报名",
        ]
    ),
    *(
        (text, queries.NOTHING)
        for text in [
            "许可",
            "许可证",
            "经营许可",
            "变更登记",
            "审批",
            "备案",
            "食品经营许可证核发",
            "建设工程规划许可",
        ]
    ),
    *((text, queries.NOTHING) for text in ["shebaoka", "shbk", "spjyxk", "canyin", "jiehun", "hukou"]),
    *(
        (text, queries.NOTHING)
        for text in ["社包卡", "食品经菅许可", "卫生许可正", "结昏登记", "林木菜伐", "营业执找"]
    ),
    ("许可", Filters(frozenset({"served:person"}))),
    ("许可", Filters(frozenset({"theme:主题39"}))),
    ("经营", Filters(frozenset({"online:full", "kind:guide"}), near=True)),
    ("登记", Filters(frozenset({"level:2", "anywhere:province"}))),
    ("许可证", Filters(owner="organ-77")),
    ("", Filters(frozenset({"kind:guide"}))),
)  # fmt: skip -- one kind a line
SUGGESTIONS = [
    "开",
    "饭",
    "社",
    "社保",
    "许",
    "许可",
    "食品经营",
    "s",
    "sh",
    "she",
    "shb",
    "j",
    "jie",
    "jiehun",
    "x",
    "xuke",
    "yy",
    "换领",
    "林木",
    "结婚",
    "gs",
]

_PLACES = """
    SELECT code FROM place WHERE level IN ('province', 'prefecture', 'county', 'township') ORDER BY code
"""
_DOCUMENTS = """
    COPY search_document (key, kind, ref, grp, text_id, place, reach, owner, starts_on, ends_on, facets, prior, shown) FROM STDIN
"""
_LIKE = """
    SELECT d.ref, t.title FROM search_document d JOIN search_text t ON t.id = d.text_id
    WHERE d.starts_on <= %(on)s AND (d.ends_on IS NULL OR d.ends_on > %(on)s) AND t.title LIKE %(like)s
    ORDER BY length(t.title), d.ref LIMIT 20
"""
_INDEX = """
    SELECT ref, title FROM bench_index WHERE words @@ %(asked)s::tsquery AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on > %(on)s)
    ORDER BY ts_rank(words, %(asked)s::tsquery) DESC, ref LIMIT 20
"""
_LIKE_PHRASE = (
    "SELECT phrase FROM search_phrase WHERE phrase LIKE %(like)s ORDER BY length(phrase), phrase LIMIT 8"
)


def _titles() -> Iterator[str]:
    """Names as the catalogue has them (仿真名称): the real ones first, then their objects with other acts."""
    real = list(BasicItem.objects.order_by("code").values_list("name", flat=True))
    yield from real
    acts = (
        "许可证核发",
        "变更登记",
        "注销登记",
        "延续审批",
        "备案",
        "补办",
        "许可审批",
        "资格认定",
        "年度审验",
    )
    kinds = ("省级", "市级", "县级", "跨区域", "承诺制", "外商投资", "个体", "非营利")
    made, number = 0, 0
    while made < BASICS - len(real):
        base = real[number % len(real)].partition("（")[0][:24]
        yield f"{base}{acts[number % len(acts)]}（{kinds[number // len(real) % len(kinds)]}{number // (len(real) * len(kinds)) or ''}）"
        number, made = number + 1, made + 1


def _fill(stage: Stage) -> None:
    """Texts through the room's own act, implementations by COPY (装满)."""
    take_in()
    chance = random.Random(20261102)  # noqa: S311 -- the same catalogue each time, no secret
    titles = list(_titles())[:BASICS]
    for start in range(0, BASICS, _BATCH):
        batch = enumerate(titles[start : start + _BATCH], start)
        actions.put_all([_basic(number, title) for number, title in batch])
    connections.close_all()
    with psycopg.connect(stage.url, autocommit=True) as raw:
        places = [row[0] for row in raw.execute(_PLACES).fetchall()]
        texts = raw.execute("SELECT id, grp FROM search_text WHERE grp LIKE 'bench:%' ORDER BY id").fetchall()
        with raw.cursor().copy(_DOCUMENTS) as copy:
            for number in range(OFFERS):
                copy.write_row(_offer(number, texts, places, chance))
        raw.execute(
            "UPDATE search_text t SET facets = f.facets FROM (SELECT text_id, array_agg(DISTINCT f) AS facets"
            " FROM search_document, unnest(facets) f GROUP BY text_id) f WHERE f.text_id = t.id"
        )
        raw.execute(
            "CREATE TABLE bench_index (ref text, title text, starts_on date, ends_on date, words tsvector)"
        )
        _index(raw)
        raw.execute("CREATE INDEX ON bench_index USING gin (words)")
        raw.execute("VACUUM (ANALYZE)")


def _basic(number: int, title: str) -> Document:
    return Document(
        key=f"bench:{number}",
        kind="item",
        ref=f"bench:{number}",
        group=f"bench:{number}",
        title=title[:200],
        starts_on=date(2020, 1, 1),
        keywords=(title[:6],) if number % 3 else (),
        facets=frozenset({"kind:item"}),
    )


def _offer(
    number: int, texts: Sequence[tuple[int, str]], places: Sequence[str], chance: random.Random
) -> list[object]:
    # A tenth of the items is carried out by every town, as in life; the rest by a few organs.
    wide = number % 2 == 0
    id_, group = texts[chance.randrange(len(texts) // 10) if wide else chance.randrange(len(texts))]
    place = chance.choice(places)
    reach = place[:2] if place.endswith("0" * 10) else place[:4] if place.endswith("0" * 8) else place[:6] if place.endswith("0" * 6) else place[:9]  # fmt: skip
    facets = ["kind:guide", f"level:{chance.choice(_LEVELS)}", f"theme:主题{chance.randrange(40)}", f"served:{chance.choice(('person', 'company'))}"]  # fmt: skip
    facets += [
        f"online:{chance.choice(('accept', 'full'))}",
        f"anywhere:{chance.choice(('city', 'province'))}",
    ]
    shown = '{"organ": "某局", "place_name": "某县", "promised_days": 5, "visits": 0, "free": true, "online": "full", "instant": false}'
    starts = date(2027, 1, 1) if number % 50 == 0 else date(2020, 1, 1)
    key, owner = f"bench-offer:{number}", f"organ-{chance.randrange(2_000)}"
    return [key, "guide", key, group, id_, place, reach, owner, starts, None, facets, 1.0, shown]


def _index(raw: psycopg.Connection) -> None:
    titles = dict(raw.execute("SELECT id, title FROM search_text").fetchall())
    terms = {id_: " ".join(sorted(words.indexed(title))) for id_, title in titles.items()}
    raw.execute("CREATE TEMP TABLE bench_terms (id bigint PRIMARY KEY, terms text)")
    with raw.cursor().copy("COPY bench_terms FROM STDIN") as copy:
        for row in terms.items():
            copy.write_row(row)
    raw.execute(
        "INSERT INTO bench_index SELECT d.ref, t.title, d.starts_on, d.ends_on, to_tsvector('simple', b.terms)"
        " FROM search_document d JOIN search_text t ON t.id = d.text_id JOIN bench_terms b ON b.id = t.id"
    )


@dataclass(frozen=True)
class _Asked:
    """Milliseconds of each question, sorted, and CPU milliseconds of a question (问答耗时): ours and the database's."""

    times: list[float]
    cpu: float


def _times(pid: int, asks: Sequence[Callable[[], object]]) -> _Asked:
    """Each question in turn, after one round to warm up (逐个提问). ``pid``: the backend that answers."""
    for ask in asks:
        ask()
    found = []
    cpu = load.cpu_of(pid) + time.process_time()
    for _ in range(ROUNDS):
        for ask in asks:
            begun = time.perf_counter()
            ask()
            found.append(1000 * (time.perf_counter() - begun))
    cpu = load.cpu_of(pid) + time.process_time() - cpu
    return _Asked(sorted(found), 1000 * cpu / len(found))


def _figures(area: str, ours: _Asked, theirs: _Asked, beside: str, goal: float | None) -> list[Figure]:
    def figure(what: str, unit: str, read: Callable[[_Asked], float], goal: float | None = None) -> Figure:
        return Figure(area, what, round(read(ours), 3), round(read(theirs), 3), beside, goal, unit)

    return [
        figure("p50", "ms", lambda one: statistics.median(one.times)),
        figure("p95", "ms below", lambda one: one.times[int(len(one.times) * 0.95)], goal),
        # What others do on the machine at the same time is in the times, and not in this.
        figure("CPU", "ms each", lambda one: one.cpu),
    ]


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def measure(stage: Stage) -> list[Figure]:
    """Ours, plain LIKE and the bare index by turns (测量)."""
    _fill(stage)
    place = "460106000000"
    own = _backend()
    ours = _times(
        own, [lambda t=t, f=f: queries.search(t, on=ON, place=place, filters=f) for t, f in SEARCHES]
    )  # type: ignore[misc] # bound now
    hints = _times(own, [lambda t=t: queries.suggest(t, on=ON) for t in SUGGESTIONS])  # type: ignore[misc] # bound now
    connections.close_all()
    with psycopg.connect(stage.url, autocommit=True) as raw:

        def like(sql: str, texts: Sequence[str]) -> _Asked:
            return _times(
                raw.info.backend_pid,
                [lambda t=t: raw.execute(sql, {"on": ON, "like": f"%{t}%"}).fetchall() for t in texts],
            )  # type: ignore[misc] # bound now

        asked = [
            " | ".join(f"'{word}'" for word in sorted(words.asked(text))) or "''" for text, _ in SEARCHES
        ]
        texts = [text for text, _ in SEARCHES]
        by_like, by_phrase = like(_LIKE, texts), like(_LIKE_PHRASE, SUGGESTIONS)
        by_index = _times(
            raw.info.backend_pid,
            [lambda a=a: raw.execute(_INDEX, {"on": ON, "asked": a}).fetchall() for a in asked if a != "''"],
        )  # type: ignore[misc] # bound now
    size = f"{OFFERS:,} of {BASICS:,}"
    return [
        *_figures("search", ours, by_like, f"plain LIKE, {size}", SEARCH_GOAL),
        *_figures("search", ours, by_index, f"bare tsvector index, {size}", None),
        *_figures("suggestion", hints, by_phrase, f"plain LIKE, {size}", SUGGEST_GOAL),
    ]
