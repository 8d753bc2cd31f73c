"""The guide editor: nothing is lost, nothing is done twice, what is wrong stands beside its field, with and without a script."""

import json
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as worlds
from tests.world import AT, GUIDE, PDF

from tongban.base.actor import system
from tongban.doors.workbench.catalogue_shapes import GROUPS, Kind, elements_in, shapes_of
from tongban.doors.workbench.tests.pages import fields_of
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.labels import choices_of

TERMS = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
NEXT = date(2099, 1, 1)
WHO = ("clerk", "reviewer", "decider", "other_clerk", "applicant", "editor", None)
SLUGS = [group.slug for group in GROUPS]
SHIPPED = sorted((Path(settings.DATA) / "guides").glob("*.json"))


@pytest.fixture
def standard(world):
    made = actions.draft_basic(actor=system("tests"), basic_code=worlds.BASIC_CODE, body=TERMS, at=AT)
    worlds.put_standard_through(system("tests"), made, worlds.SINCE)


def drafted(world, body) -> uuid.UUID:
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=AT)


def kept(edition_id: uuid.UUID) -> dict[str, object]:
    return worlds.standing(edition_id).body


def at(edition_id: uuid.UUID, group: str) -> str:
    return f"/catalogue/editions/{edition_id}/edit/{group}"


def opened(client, edition_id: uuid.UUID, group: str) -> dict[str, list[str]]:
    answer = client.get(at(edition_id, group))
    assert answer.status_code == 200
    return fields_of(answer.content.decode(), at(edition_id, group))


# --- the structure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Guide, Terms])
def test_every_element_of_the_structure_is_on_exactly_one_page(kind):
    placed = [shape.name for group in GROUPS for shape in elements_in(group, kind)]
    assert sorted(placed) == sorted(kind.model_fields)


def test_every_choice_has_its_words_and_nothing_but_conditions_is_edited_as_json():
    waiting, seen = list(shapes_of(Guide)), set()
    while waiting:
        shape = waiting.pop()
        if (shape.owner, shape.name) in seen:
            continue
        seen.add((shape.owner, shape.name))
        assert shape.kind is not Kind.JSON, (shape.owner, shape.name)
        if shape.kind in (Kind.CHOICE, Kind.CHECKS) and shape.choices != ("yes", "no"):
            assert set(shape.choices) <= set(choices_of(shape.owner, shape.name)), shape
        waiting += shape.parts()


# --- nothing is lost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_saving_every_page_of_a_real_guide_unchanged_changes_nothing(world, as_, standard, file):
    told = json.loads(file.read_text(encoding="utf-8"))
    body = Guide.model_validate(told["guide"] | told["local"].get(told["organs"][0], {})).body()
    made, client = drafted(world, body), as_(world.editor)
    for group in SLUGS:
        sent = opened(client, made, group)
        assert client.post(at(made, group), sent).status_code == 302, group
    assert Guide.model_validate(kept(made)).body() == body


def test_what_follows_the_standard_goes_on_following_and_is_kept_when_the_rest_is_said(world, as_, standard):
    made, client = drafted(world, {}), as_(world.editor)
    for group in SLUGS:
        sent = opened(client, made, group)
        assert "windows" in sent.get("own", []) or group != "channels"
        assert client.post(at(made, group), sent).status_code == 302
    assert kept(made) == {}
    for element in ("name", "served", "basis", "conditions", "case_kind", "limits", "steps", "materials"):
        group = next(g.slug for g in GROUPS if element in g.elements)
        client.post(at(made, group), opened(client, made, group) | {"do": f"own:{element}"})
    for element in ("form", "channels", "result", "sources"):
        group = next(g.slug for g in GROUPS if element in g.elements)
        client.post(at(made, group), opened(client, made, group) | {"do": f"own:{element}"})
    sent = opened(client, made, "channels")
    sent |= {"phones.advice": "0898-1", "phones.complaint": "0898-2", "do": "add:windows"}
    page = client.post(at(made, "channels"), sent).content.decode()
    sent = fields_of(page, at(made, "channels"))
    sent |= {"windows.0.name": "窗口", "windows.0.address": "路 1 号", "windows.0.hours": "工作日"}
    assert client.post(at(made, "channels"), sent).status_code == 302
    whole = Guide.model_validate(kept(made))
    assert whole.faq == Terms.model_validate(TERMS).faq, (
        "what it took from the standard is not lost at the end"
    )
    assert whole.keywords == ("理发店", "卫生许可证", "开店")


def test_a_stale_page_shows_both_texts_and_keeps_what_was_typed(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "words") | {"keywords": "我的词"}
    other = kept(made) | {"keywords": ["别人的词"]}
    actions.write(
        actor=worlds.second(world.editor),
        edition_id=made,
        body=other,
        seen=worlds.standing(made).digest,
        at=AT,
    )
    answer = client.post(at(made, "words"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "我的词" in page
    assert "别人的词" in page
    assert kept(made)["keywords"] == ["别人的词"]
    again = fields_of(page, at(made, "words"))
    assert again["keywords"] == ["我的词"]
    assert client.post(at(made, "words"), again).status_code == 302
    assert kept(made)["keywords"] == ["我的词"]


def test_what_cannot_be_taken_comes_back_with_its_reason(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "process") | {"limits.promised_days": "五天", "steps.0.name": "看\u202e件"}
    answer = client.post(at(made, "process"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "五天" in page
    assert "请填整数。" in page
    assert 'id="id_limits.promised_days"' in page
    assert kept(made)["limits"]["promised_days"] == 5


# --- entries -----------------------------------------------------------------------------------------------------------


def test_entries_are_added_moved_and_taken_out_without_a_script(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    url = at(made, "materials")
    page = client.post(url, opened(client, made, "materials") | {"do": "add:materials"}).content.decode()
    sent = fields_of(page, url)
    assert "materials.3.name" in sent
    assert "填错了" not in page, "a blank entry is not wrong yet"
    assert client.post(url, sent | {"materials.3.name": "营业执照"}).status_code == 302
    assert [one["key"] for one in kept(made)["materials"]] == ["report", "lease", "plan", "material_1"]
    client.post(url, opened(client, made, "materials") | {"do": "up:materials.3"})
    assert [one["key"] for one in kept(made)["materials"]] == ["report", "lease", "material_1", "plan"]
    client.post(url, opened(client, made, "materials") | {"do": "remove:materials.2"})
    assert [one["key"] for one in kept(made)["materials"]] == ["report", "lease", "plan"]
    client.post(url, opened(client, made, "materials") | {"do": "remove:materials.0"})
    page = client.get(url).content.decode()
    assert "take:materials.0" in page
    client.post(url, opened(client, made, "materials") | {"do": "take:materials.0"})
    assert [one["key"] for one in kept(made)["materials"]] == ["lease", "plan", "report"]


def test_the_field_that_is_the_amount_is_chosen_in_the_editor(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    url, place = at(made, "form"), "form.sections.1.fields.1"
    sent = opened(client, made, "form")
    assert f"{place}.role" in sent
    assert "申请金额" in client.get(url).content.decode()
    money = {f"{place}.role": "amount", f"{place}.unit": "万元"}
    assert client.post(url, opened(client, made, "form") | money).status_code == 302
    field = kept(made)["form"]["sections"][1]["fields"][1]
    assert (field["key"], field["unit"], field["role"]) == ("area", "万元", "amount")


def test_an_entry_left_blank_is_dropped(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    url = at(made, "process")
    page = client.post(url, opened(client, made, "process") | {"do": "add:steps"}).content.decode()
    assert client.post(url, fields_of(page, url)).status_code == 302
    assert len(kept(made)["steps"]) == 5


def test_an_element_goes_back_to_the_standard(world, as_, standard):
    made, client = drafted(world, GUIDE | {"faq": []}), as_(world.editor)
    client.post(at(made, "words"), opened(client, made, "words") | {"do": "follow:faq"})
    found = queries.desk_edition(world.editor, made, date(2026, 12, 1))
    assert found.whole()["faq"] == [{"question": "开理发店要办吗？", "answer": "要办。"}]


TOGETHER = GUIDE | {
    "departments": [
        {"key": "fire", "organ": worlds.ORGAN_CODE, "name": "消防救援大队", "days": 2},
        {"key": "town", "organ": worlds.OTHER_ORGAN_CODE, "name": "城管局", "days": 2, "after": ["fire"]},
    ],
    "commitment": {
        "proves": ["有场所。"],
        "duty": "照办。",
        "liability": "撤销。",
        "replaces": ["plan"],
        "check_days": 60,
    },
    "rule": {"name": "自己的房子", "when": {"own_place": "own"}, "lacks": ["L01"]},
}


def test_saving_every_page_keeps_who_takes_part_what_is_promised_and_what_is_decided_by_rule(
    world, as_, standard
):
    body = Guide.model_validate(TOGETHER).body()
    made, client = drafted(world, body), as_(world.editor)
    for group in SLUGS:
        assert client.post(at(made, group), opened(client, made, group)).status_code == 302
    assert Guide.model_validate(kept(made)).body() == body


def test_a_department_is_added_and_a_commitment_taken_out_as_a_whole(world, as_, standard):
    made, client = drafted(world, TOGETHER), as_(world.editor)
    url = at(made, "process")
    page = client.post(url, opened(client, made, "process") | {"do": "add:departments"}).content.decode()
    sent = fields_of(page, url)
    sent |= {f"departments.2.{name}": value for name, value in (("name", "水务局"), ("days", "1"))}
    sent |= {"departments.2.organ": worlds.ORGAN_CODE, "departments.2.after": "fire\ntown"}
    assert client.post(url, sent).status_code == 302
    assert kept(made)["departments"][2] == {
        "key": "department_1",
        "organ": worlds.ORGAN_CODE,
        "name": "水务局",
        "days": 1,
        "after": ["fire", "town"],
    }
    url = at(made, "materials")
    sent = opened(client, made, "materials")
    emptied = {name: "" if name.startswith("commitment.") else value for name, value in sent.items()}
    assert client.post(url, emptied).status_code == 302
    assert "commitment" not in kept(made)


def test_who_waits_for_nobody_known_is_told_beside_the_field(world, as_, standard):
    made, client = drafted(world, TOGETHER), as_(world.editor)
    sent = opened(client, made, "process") | {"departments.1.after": "nobody"}
    told = client.post(f"{at(made, 'process')}/typed", sent).json()
    (wrong,) = [one for one in told["problems"] if one["kind"] == "wrong"]
    assert (wrong["name"], wrong["message"]) == (
        "departments.1.after",
        "“等谁的意见”里只能写排在前面的部门的代号。",
    )


def test_departments_that_take_longer_than_promised_are_told_before_approval(world, as_, standard):
    made, client = drafted(world, TOGETHER), as_(world.editor)
    sent = opened(client, made, "process") | {"departments.1.days": "9"}
    told = client.post(f"{at(made, 'process')}/typed", sent).json()
    (error,) = [one for one in told["problems"] if one["rule"] == "quality.joint_path"]
    assert (error["name"], error["kind"]) == ("departments", "error")
    assert "消防救援大队、城管局先后要11个工作日" in error["message"]


def test_what_only_an_organ_can_say_is_not_beyond_a_standard_that_cannot_say_it(world, as_, standard):
    made, client = drafted(world, TOGETHER), as_(world.editor)
    for group in ("process", "channels"):
        assert "基本目录没有" not in client.get(at(made, group)).content.decode()


@pytest.mark.parametrize(
    "press", ["up:", "add:nothing", "remove:materials.99", "own:\x00", "x", "take:steps.77", "down:form"]
)
def test_presses_without_sense_change_nothing(world, as_, standard, press):
    made, client = drafted(world, GUIDE), as_(world.editor)
    before = Guide.model_validate(kept(made))
    sent = opened(client, made, "materials") | {"do": press}
    assert client.post(at(made, "materials"), sent).status_code in (200, 302)
    assert Guide.model_validate(kept(made)) == before


# --- while one types ---------------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_and_judged_at_once(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "process") | {"limits.promised_days": "6"}
    answer = client.post(f"{at(made, 'process')}/typed", sent)
    told = answer.json()
    assert answer.status_code == 200
    assert told["saved"].startswith("已保存 ")
    assert told["digest"] == worlds.standing(made).digest != sent["seen"][0]
    assert [(one["name"], one["rule"]) for one in told["problems"] if one["kind"] == "beyond"] == [
        ("limits.promised_days", "narrowing.limit")
    ]
    assert told["counts"]["process"] == 1
    assert kept(made)["limits"]["promised_days"] == 6


def test_the_place_of_a_problem_is_the_field_on_the_page(world, as_, standard):
    materials = [*GUIDE["materials"][:2], GUIDE["materials"][2] | {"copies": 3}]
    made, client = drafted(world, GUIDE | {"materials": materials}), as_(world.editor)
    told = client.post(f"{at(made, 'materials')}/typed", opened(client, made, "materials")).json()
    (beyond,) = [one for one in told["problems"] if one["kind"] == "beyond"]
    assert (beyond["name"], beyond["rule"]) == ("materials.2.copies", "narrowing.demand")


def test_a_stale_text_is_said_while_one_types_and_nothing_is_overwritten(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "words") | {"seen": "0" * 64, "keywords": "新词"}
    answer = client.post(f"{at(made, 'words')}/typed", sent)
    assert answer.status_code == 409
    assert answer.json()["stale"]
    assert kept(made)["keywords"] == GUIDE["keywords"]


def test_saying_the_same_again_writes_nothing(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "fees")
    first = client.post(f"{at(made, 'fees')}/typed", sent).json()
    sent["seen"] = [first["digest"]]
    assert client.post(f"{at(made, 'fees')}/typed", sent).json()["digest"] == first["digest"]


def test_the_form_is_shown_as_applicants_get_it_while_it_is_built(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "form") | {"form.sections.0.fields.0.label": "招牌上的名字"}
    told = client.post(f"{at(made, 'form')}/typed", sent).json()
    assert "招牌上的名字" in told["preview"]
    assert 'name="f_shop_name"' in told["preview"], "drawn by the code that draws it for applicants"
    page = client.post(at(made, "form"), sent | {"do": "preview"}).content.decode()
    assert "招牌上的名字" in page.partition("data-preview-here")[2]


# --- files -------------------------------------------------------------------------------------------------------------


def test_a_blank_form_is_handed_in_kept_looked_at_and_taken_away(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    url = at(made, "materials")
    sent = opened(client, made, "materials")
    file = SimpleUploadedFile("空白表.pdf", PDF, "application/pdf")
    assert client.post(url, sent | {"materials.0.blank.upload": file}).status_code == 302
    blank = kept(made)["materials"][0]["blank"]
    assert (blank["name"], blank["size"]) == ("空白表.pdf", len(PDF))
    look = client.get(f"/catalogue/editions/{made}/files/{blank['digest']}")
    assert (look.status_code, look.content) == (200, PDF)
    assert client.get(f"/catalogue/editions/{made}/files/{'0' * 64}").status_code == 404
    sent = opened(client, made, "materials")
    assert client.post(url, sent).status_code == 302
    assert kept(made)["materials"][0]["blank"] == blank
    assert (
        client.post(
            url, sent | {"seen": opened(client, made, "materials")["seen"], "do": "nofile:materials.0.blank"}
        ).status_code
        == 302
    )
    assert "blank" not in kept(made)["materials"][0]


def test_a_file_that_was_never_handed_in_cannot_be_named(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    forged = json.dumps({"name": "x.pdf", "digest": "a" * 64, "size": 1, "media_type": "application/pdf"})
    client.post(at(made, "materials"), opened(client, made, "materials") | {"materials.0.blank": forged})
    assert "blank" not in kept(made)["materials"][0]


def test_a_file_of_another_kind_is_refused_beside_its_field(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    file = SimpleUploadedFile("表.pdf", b"no pdf at all", "application/pdf")
    answer = client.post(
        at(made, "materials"), opened(client, made, "materials") | {"materials.0.blank.upload": file}
    )
    assert "不支持这种文件" in answer.content.decode()


# --- who ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody_and_only_editors_write(world, as_, standard, who):
    made = drafted(world, GUIDE)
    client = as_(getattr(world, who) if who else None)
    urls = [at(made, slug) for slug in ("basics", "nothing")]
    urls += [f"{at(made, 'basics')}/typed", f"/catalogue/editions/{made}/edit"]
    urls += [
        f"/catalogue/editions/{made}/{verb}" for verb in ("check", "approve", "publish", "discard", "nothing")
    ]
    urls += [
        f"/catalogue/standards/{made}/impact",
        f"/catalogue/standards/{made}/check",
        "/catalogue/basics/x",
    ]
    urls += ["/catalogue/waiting", "/catalogue/scores", "/catalogue/scores.csv", "/catalogue/basics"]
    urls += [f"/catalogue/basics/{worlds.BASIC_CODE}{rest}" for rest in ("", "/register", "/draft")]
    for url in urls:
        for answer in (client.get(url), client.post(url, {"seen": "x", "do": "\x00", "version": "9" * 80})):
            assert answer.status_code in (200, 302, 403, 404, 405, 409, 422), (who, url, answer.status_code)
            if who != "editor":
                assert answer.status_code in (302, 403, 404, 405), (who, url, answer.status_code)
    assert kept(made) == actions.read_guide(GUIDE).model_dump(mode="json", exclude_unset=True) or kept(made)
    assert worlds.standing(made).state == "draft"


def test_another_organ_s_draft_is_as_absent_as_none(world, as_, standard):
    made = drafted(world, GUIDE)
    client = as_(world.other_clerk)
    assert client.get(at(made, "basics")).status_code in (403, 404)
    assert as_(world.editor).get(at(uuid.uuid4(), "basics")).status_code == 404


def test_what_waits_for_approval_is_not_edited(world, as_, standard):
    made, client = drafted(world, GUIDE), as_(world.editor)
    sent = opened(client, made, "words")
    actions.check(actor=world.editor, edition_id=made, starts_on=NEXT, reason="换版", at=datetime.now(UTC))
    for url in (at(made, "words"), f"{at(made, 'words')}/typed"):
        assert client.post(url, sent).status_code == 409
    assert client.get(at(made, "words")).status_code == 409
