"""The counter's pages: taking in for an applicant, passing on, originals, and who gets in."""

import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as worlds

from tongban.base.actor import Post
from tongban.doors.workbench.tests.pages import fields_of
from tongban.offers.catalogue import actions as catalogue
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.moves import State

NUMBER = "46010619900101212"
CHANNELS = {"online": "full", "visits": 0, "post": True, "anywhere": "city", "ways": ["window", "computer"]}
HERE = {"present": "self", "present_seen": "id_card"}  # the applicant stands there herself
ITEMS = f"/counter/items/{worlds.BASIC_CODE}"


@pytest.fixture
def open_item(world) -> worlds.World:
    """The item can be begun at any counter of the city."""
    edition = worlds.publish_edition(
        world.editor, world.item_id, starts_on=world.at.date(), channels=CHANNELS
    )
    return replace(world, edition_id=edition)


def the_case(world: worlds.World) -> CaseView:
    """The one case that there is, as its applicant sees it."""
    (row,) = queries.mine(world.applicant)
    return queries.one(world.applicant, row.id)


def ways_of(world: worlds.World) -> list[queries.OriginalView]:
    return queries.originals(world.applicant, the_case(world))


def page_of(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def begun(client, world) -> str:
    """The address under which the case of a counter is filled in."""
    sent = fields_of(page_of(client, ITEMS), "") or {}
    key = re.search(r'name="key" value="([^"]+)"', page_of(client, ITEMS))[1]
    typed = {
        "counter": str(world.other_organ_id),
        "item": world.item_code,
        "name": "王秀兰",
        "id_number": NUMBER + worlds.mod11_2(NUMBER),
        "phone": "",
        "key": key,
    } | HERE
    answer = client.post(ITEMS, sent | typed)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].removesuffix("/form")


def answers() -> dict[str, str]:
    return {f"f_{key}": str(value) for key, value in worlds.FORM.items()}


def paper(name: str = "报告.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, worlds.PDF, content_type="application/pdf")


def taken_in(client, world) -> str:
    """A case taken in at the counter up to its last page; returns its address."""
    base = begun(client, world)
    assert client.post(f"{base}/form", answers())["Location"] == f"{base}/materials"
    for key in ("report", "lease"):
        sent = {f"m_{key}": paper(), "checked": "on"}
        assert client.post(f"{base}/materials/{key}", sent).status_code == 302
    return base


def test_a_counter_takes_an_application_in_for_an_organ_elsewhere(open_item, as_):
    world, clerk = open_item, as_(open_item.other_clerk)
    assert "窗口收件" in page_of(clerk, "/")
    assert ITEMS in page_of(clerk, "/counter?item=卫生许可")
    base = taken_in(clerk, world)
    assert "窗口核验过原件" in page_of(clerk, f"{base}/materials")

    chosen = {
        "way": "post",
        "recipient": "王秀兰",
        "phone": "13800138000",
        "address": "海口市龙华区演示路1号301",
    }
    assert clerk.post(f"{base}/delivery", chosen)["Location"] == f"{base}/check"
    last = page_of(clerk, f"{base}/check")
    assert "演示路1号301" in last
    answer = clerk.post(f"{base}/check", fields_of(last, f"{base}/check") | {"submit": "1"})
    assert answer["Location"] == f"{base}/receipt"
    assert "打印下面的回执" in page_of(clerk, f"{base}/receipt")
    case = the_case(world)
    assert (case.state, case.counter_id) == (State.SUBMITTED, world.other_organ_id)
    assert clerk.get(f"{base}/form")["Location"] == f"/cases/{case.id}"
    assert case.number[-12:] in page_of(clerk, "/counter")

    seen = page_of(as_(world.clerk), f"/cases/{case.id}")
    assert "琼山区卫健委窗口代为申请" in seen
    assert "演示路1号301" not in seen
    assert "138****8000" in seen


def test_who_delivers_reads_the_whole_address(open_item, as_):
    world, clerk = open_item, as_(open_item.other_clerk)
    base = taken_in(clerk, world)
    chosen = {
        "way": "post",
        "recipient": "王秀兰",
        "phone": "13800138000",
        "address": "海口市龙华区演示路1号301",
    }
    clerk.post(f"{base}/delivery", chosen)
    case = the_case(world)
    worlds.sent_at_counter(world.other_clerk, case.id, world.at)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合。", at=world.at)
    granted = actions.grant(actor=world.decider, case_id=case.id, note="", at=world.at)
    jobs.issue_licence(0, str(case.id), granted.number)
    assert "演示路1号301" in page_of(as_(world.clerk), f"/cases/{case.id}")
    assert "演示路1号301" not in page_of(as_(world.decider), f"/cases/{case.id}")


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(open_item, as_):
    world, clerk = open_item, as_(open_item.other_clerk)
    wrong = clerk.post(ITEMS, {"item": world.item_code, "name": "王秀", "id_number": NUMBER + "0"} | HERE)
    assert wrong.status_code == 422
    assert "没有查到姓名和证件号码都相符的人" in wrong.content.decode()
    assert 'value="王秀"' in wrong.content.decode()
    none = clerk.post(ITEMS, {"name": "王秀兰", "id_number": NUMBER})
    assert none.status_code == 422
    assert "请选由哪个机关办理" in none.content.decode() or "没有查到" in none.content.decode()
    base = begun(clerk, world)
    bad = clerk.post(f"{base}/form", answers() | {"f_area": "很大"})
    assert bad.status_code == 422
    assert "很大" in bad.content.decode()
    for sent in ({}, {"m_report": SimpleUploadedFile("假.pdf", b"no pdf")}):
        answer = clerk.post(f"{base}/materials/report", sent)
        assert answer.status_code == 422
    assert clerk.post(f"{base}/delivery", {"way": "post"}).status_code == 422
    last = clerk.get(f"{base}/check").content.decode()
    assert "还差" in last
    assert clerk.post(f"{base}/check", {"submit": "1", "version": "1"}).status_code in (409, 422)


def test_beyond_the_scope_the_page_says_where_to_go(world, as_):
    page = page_of(as_(world.other_clerk), ITEMS)
    assert "这个事项您的窗口收不了" in page
    assert "本县通办" in page


@pytest.mark.parametrize("who", ["reviewer", "decider", "editor"])
def test_only_clerks_have_a_counter(open_item, as_, who: str):
    client = as_(getattr(open_item, who))
    for url in ("/counter", ITEMS):
        assert client.get(url).status_code == 403
    assert client.post(ITEMS, {}).status_code == 403


def test_a_case_of_one_counter_is_nothing_to_another(open_item, as_):
    world = open_item
    base = taken_in(as_(world.other_clerk), world)
    stranger, other = as_(world.stranger), as_(world.clerk)
    pages = [f"{base}/{page}" for page in ("form", "materials", "delivery", "check", "receipt", "discard")]
    for url in pages:
        assert other.get(url).status_code == 404
        assert stranger.get(url).status_code == 403
        assert as_(None).get(url).status_code == 302
    for url in [f"{base}/materials/report", f"{base}/check", f"{base}/discard", f"{base}/form"]:
        assert other.post(url, {}).status_code == 404
    worlds.sent_at_counter(world.other_clerk, the_case(world).id, world.at)
    for url in pages:
        assert other.get(url).status_code == 403  # she decides it, but did not take it in


def test_a_draft_is_thrown_away_after_asking(open_item, as_):
    clerk = as_(open_item.other_clerk)
    base = begun(clerk, open_item)
    assert "删除这份草稿" in page_of(clerk, f"{base}/discard")
    assert clerk.post(f"{base}/discard")["Location"] == "/counter"
    assert queries.mine(open_item.applicant) == []


def test_a_supplement_is_mended_at_the_counter(open_item, as_):
    world, clerk = open_item, as_(open_item.other_clerk)
    base = taken_in(clerk, world)
    case_id = the_case(world).id
    worlds.sent_at_counter(world.other_clerk, case_id, world.at)
    demands = [
        worlds.Demand("field:address", "请写到门牌号。"),
        worlds.Demand("material:report", "缺第二页。"),
    ]
    actions.request_supplement(actor=world.clerk, case_id=case_id, demands=demands, at=world.at)
    assert f"{base}/form" in page_of(clerk, f"/cases/{case_id}")
    page = page_of(clerk, f"{base}/form")
    assert "请写到门牌号。" in page
    assert "f_shop_name" not in page
    assert clerk.post(f"{base}/form", {"f_address": "滨海大道1号"}).status_code == 302
    assert "缺第二页。" in page_of(clerk, f"{base}/materials")
    clerk.post(f"{base}/materials/report", {"m_report": paper("补.pdf"), "checked": "on"})
    assert "今天还没有写明是谁到窗口来的。" in page_of(clerk, f"{base}/check")
    assert clerk.post(f"{base}/present", HERE)["Location"] == f"{base}/check"
    last = page_of(clerk, f"{base}/check")
    assert "申请人本人到场（居民身份证）" in last
    assert "重新提交" in last
    assert clerk.post(f"{base}/check", fields_of(last, f"{base}/check"))["Location"] == f"{base}/receipt"
    assert the_case(world).state is State.SUBMITTED


# --- passing on, originals -----------------------------------------------------------------------------------------------


def elsewhere(world: worlds.World) -> None:
    posts = frozenset({Post("editor", world.other_organ_id, worlds.OTHER_COUNTY)})
    editor = replace(world.editor, posts=posts)
    item = catalogue.register_item(
        actor=editor, basic_code=worlds.BASIC_CODE, organ_id=world.other_organ_id, level="4", at=world.at
    )
    worlds.publish_edition(editor, item)


def test_a_misdirected_case_is_passed_on_from_its_page(world, as_):
    elsewhere(world)
    case, clerk = worlds.submitted(world), as_(world.clerk)
    url = f"/cases/{case.id}/transfer"
    assert url in page_of(clerk, f"/cases/{case.id}")
    page = page_of(clerk, url)
    assert "填的内容和材料都够" in page
    hidden = fields_of(page, url)
    missing = clerk.post(url, hidden | {"to": str(world.other_organ_id), "reason": ""})
    assert missing.status_code == 422
    nobody = clerk.post(url, hidden | {"to": "nobody", "reason": "店在琼山区。"})
    assert nobody.status_code == 422
    assert "店在琼山区。" in nobody.content.decode()
    sent = hidden | {"to": str(world.other_organ_id), "reason": "店在琼山区。"}
    assert clerk.post(url, sent)["Location"] == f"/cases/{case.id}"
    assert "店在琼山区。" in page_of(clerk, f"/cases/{case.id}")
    assert url not in page_of(clerk, f"/cases/{case.id}")
    assert page_of(as_(world.other_clerk), f"/cases/{case.id}").count("受理") > 0
    assert clerk.get(url).status_code == 403
    for outsider, status in ((world.reviewer, 403), (world.editor, 404)):
        assert as_(outsider).get(url).status_code == status


def test_a_case_that_moved_on_cannot_be_passed_on_and_the_reason_is_kept(world, as_):
    elsewhere(world)
    case, clerk = worlds.submitted(world), as_(world.clerk)
    url = f"/cases/{case.id}/transfer"
    hidden = fields_of(page_of(clerk, url), url)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    answer = clerk.post(url, hidden | {"to": str(world.other_organ_id), "reason": "店在琼山区。"})
    assert answer.status_code == 409
    assert "店在琼山区。" in answer.content.decode()
    assert clerk.get(url).status_code == 409


def test_originals_are_sent_and_signed_for_on_the_page_of_the_case(open_item, as_):
    world, there, here = open_item, as_(open_item.other_clerk), as_(open_item.clerk)
    taken_in(there, world)
    case = the_case(world)
    worlds.sent_at_counter(world.other_clerk, case.id, world.at)
    url = f"/cases/{case.id}/originals"
    assert url in page_of(there, f"/cases/{case.id}")
    hidden = fields_of(page_of(there, url), url)
    assert there.post(url, hidden | {"what": []}).status_code == 422
    sent = hidden | {"what": ["report", "lease"], "receiver": str(world.organ_id), "tracking": "EM1CN"}
    assert there.post(url, sent).status_code == 302
    assert there.post(url, sent).status_code == 302  # pressed twice
    assert len(ways_of(world)) == 2
    for client in (there, here):
        assert "EM1CN" in page_of(client, "/originals")
    assert "在路上" in page_of(here, f"/cases/{case.id}")

    arrived = page_of(here, url)
    assert "等您签收" in arrived
    assert "等您签收" not in page_of(there, url)
    none = here.post(f"{url}/receive", {"key": "key-00002"})
    assert none.status_code == 422
    signed = fields_of(arrived, f"{url}/receive")
    assert here.post(f"{url}/receive", signed).status_code == 302
    assert all(one.received for one in ways_of(world))
    assert "EM1CN" not in page_of(here, "/originals")
    assert "窗口小林" in page_of(there, url)
    for outsider, status in ((world.reviewer, 403), (world.editor, 404)):
        assert as_(outsider).get(url).status_code == status


def test_originals_that_should_have_come_are_marked(open_item, as_):
    world = open_item
    taken_in(as_(world.other_clerk), world)
    case = the_case(world)
    worlds.sent_at_counter(world.other_clerk, case.id, world.at)
    long_ago = world.at.replace(year=2025)
    actions.send_originals(
        actor=world.other_clerk, case_id=case.id, what=["report"], receiver=world.organ_id, at=long_ago
    )
    assert queries.on_the_way(world.clerk)[0].expected_by.year == 2025
    assert "已超期" in page_of(as_(world.clerk), "/originals")
