"""Random guides (随机指南) for tests: sound ones, with every kind of text that a table could spoil."""

from typing import Any

from hypothesis import strategies as st

from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.tests.forms import form_bodies

NASTY = [
    "=1+1",
    "+86",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''",
    "'",
    "（空）",
    "\\（空）",
    "\\\\（空）",
    "\\n",
    "a\\",
    "007",
    "00016421300Y",
    "1e5",
    "2026-01-02",
    "1/2",
    "是",
    "TRUE",
    "_x0041_",
    "_x005F_x0041_",
    "行一\n行二",
    "行一\n\n行三",
    "a\r\nb",
    "a\rb",
    "a\tb",
    'a,b"c"',
    "<a>&amp;</a>",
    "]]>",
    "#REF!",
    "a=b",
    "own_place=x",
    "𠮷\u2028野",
    "长" * 200,
]
_CHARS = st.characters(
    exclude_categories=("Cs", "Cc"),
    exclude_characters="\ufffe\uffff" + "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])),
)
line = (
    (st.sampled_from(NASTY) | st.text(_CHARS, min_size=1, max_size=12))
    .filter(lambda text: text.strip() != "")
    .map(str.strip)
)
text = line | st.sampled_from(["段落\n" * 100 + "完", "'" * 3 + "=x", "句" * 2000])
note = st.just("") | line
days = st.integers(0, 400)
key = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
attachment = st.fixed_dictionaries(
    {
        "name": line,
        "digest": st.just("ab" * 32),
        "size": st.integers(1, 2**40),
        "media_type": st.just("application/pdf"),
    }
)


def many(
    one: st.SearchStrategy[Any], least: int = 0, most: int = 3, **more: Any
) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=least, max_size=most, **more)


def record(needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(many(key, 1, 6, unique=True))
    fields = []
    for one in keys:
        field = draw(
            record(
                {"label": line},
                {
                    "help": note,
                    "required": st.booleans(),
                    "unit": note,
                    "max_length": st.integers(1, 5000),
                    "minimum": st.integers(-(2**53) + 1, 0),
                    "maximum": st.integers(1, 2**53 - 1),
                },
            )
        )
        if draw(st.booleans()):
            options = draw(many(line, 1, 3, unique_by=lambda told: told))
            field |= {"type": "choice", "options": [{"value": told, "label": draw(line)} for told in options]}
        else:
            field["type"] = draw(st.sampled_from(["text", "long_text", "integer", "date", "phone"]))
            if field["type"] == "integer" and draw(st.booleans()):
                field |= {"unit": draw(st.sampled_from(["元", "万元", "亿元"])), "role": "amount"}
        fields.append({"key": one, **field})
    cut = draw(st.integers(1, len(fields)))
    parts = [part for part in (fields[:cut], fields[cut:]) if part]
    return {
        "sections": [
            {"key": f"s{n}", "title": draw(line), "intro": draw(note), "fields": part}
            for n, part in enumerate(parts)
        ]
    }


kinds = st.from_regex(r"[0-9A-Z]{3}", fullmatch=True)


@st.composite
def departments(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Departments of joint handling (联办部门), each after some that stand before it."""
    made: list[dict[str, Any]] = []
    for one in draw(many(key, 0, 4, unique=True)):
        told = draw(
            record(
                {"name": line, "days": st.integers(1, 60), "organ": st.just("11460106MB12345673")},
                {"what": note, "instance": st.just("lower")},
            )
        )
        before = [other["key"] for other in made]
        after = draw(many(st.sampled_from(before), unique=True)) if before else []
        made.append({"key": one, **told, "after": after})
    return made


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """What guides say (指南内容), sound by construction."""
    form = draw(forms() | form_bodies())
    fields = [field for section in form["sections"] for field in section["fields"]]
    conditions = [(f["key"], o["value"]) for f in fields for o in f.get("options", [])]
    when = (
        st.dictionaries(*map(st.just, draw(st.sampled_from(conditions))), max_size=1)
        if conditions
        else st.just({})
    )
    words = {
        "issuer": note,
        "signature": note,
        "basis": note,
        "notes": note,
        "review_points": many(line),
        "when": when,
    }
    material = record(
        {"key": key, "name": line},
        {
            **words,
            "kind": st.sampled_from(["certificate", "form", "other"]),
            "copies": st.integers(1, 20),
            "blank": attachment,
            "sample": attachment,
            "requirement": st.sampled_from(["required", "optional", "later"]),
        },
    )
    point = st.sampled_from(
        [{}, {"longitude": 110.34999999999999, "latitude": 20.0}, {"longitude": 73, "latitude": 3.1}]
    )
    window = st.tuples(
        record({"name": line, "address": line, "hours": line}, {"phone": note, "transport": note}), point
    )
    statutory = draw(st.integers(1, 400))
    body = draw(
        record(
            {
                "name": line,
                "served": many(line),
                "basis": many(record({"title": line}, {"article": note, "text": note}), 1),
                "conditions": many(text),
                "case_kind": st.just("promised"),
                "limits": record(
                    {"statutory_days": st.just(statutory), "promised_days": st.integers(1, statutory)},
                    {
                        "note": note,
                        "reply_days": days,
                        "statutory_unit": st.sampled_from(["day", "workday"]),
                        "pre_review_days": st.integers(1, 30),
                        "extension_days": st.integers(1, 60),
                        "later_days": st.integers(1, 60),
                    },
                ),
                "steps": many(record({"name": line, "days": days}, {"what": note, "post": note}), 1),
                "materials": many(material, 0, 4, unique_by=lambda one: one["key"]),
                "form": st.just(form),
                "channels": record(
                    {"online": st.just("accept"), "visits": st.just(1), "visit_reason": line},
                    {
                        "ways": many(st.sampled_from(["window", "post", "phone"])),
                        "appointment": st.booleans(),
                        "appointment_how": note,
                        "terminals": many(line),
                        "anywhere": st.sampled_from(["city", "country"]),
                    },
                ),
                "result": record(
                    {"name": line, "licence_type": st.from_regex(r"[0-9A-Z]{3}", fullmatch=True)},
                    {
                        "valid_years": st.integers(1, 99),
                        "sample": attachment,
                        "fields": st.just([fields[0]["key"]]),
                    },
                ),
                "phones": st.just({"advice": "0898-1", "complaint": "=0898"}),
                "windows": many(window.map(lambda two: two[0] | two[1])),
                "sources": many(text, 1),
            },
            {
                "refusal_conditions": many(text),
                "quantity_limit": note,
                "special_procedures": many(
                    record(
                        {"kind": st.sampled_from(["hearing", "other"])},
                        {"days": days, "what": note, "basis": note},
                    )
                ),
                "intermediaries": many(
                    record(
                        {"name": line},
                        {"basis": note, "payer": st.sampled_from(["organ", "either"]), "notes": note},
                    )
                ),
                "fees": many(
                    record(
                        {"name": line, "standard": line, "basis": line},
                        {"reductions": note, "online": st.none() | st.booleans()},
                    )
                ),
                "joint_organs": many(line),
                "rights": many(text),
                "remedies": note,
                "faq": many(record({"question": line, "answer": text}, {})),
                "keywords": many(line),
                "themes": many(line),
                "life_events": many(line),
                "remarks": many(record({"label": line, "text": text}, {})),
                "demonstration": st.booleans(),
                "power_source": st.sampled_from(["own", "entrusted"]),
                "organ_nature": st.sampled_from(["authorised", "other"]),
                "entrusted_organ": note,
                "office": note,
                "departments": departments(),
                "commitment": record(
                    {
                        "proves": many(text, 1),
                        "duty": text,
                        "liability": text,
                        "check_days": st.integers(1, 400),
                    },
                    {"replaces": st.just([])},
                ),
                "rule": record({"name": line}, {"when": when, "holds": many(kinds), "lacks": many(kinds)}),
            },
        )
    )
    if "commitment" in body and body["materials"] and draw(st.booleans()):
        body["commitment"]["replaces"] = [body["materials"][-1]["key"]]
    return Guide.model_validate(body).body()
