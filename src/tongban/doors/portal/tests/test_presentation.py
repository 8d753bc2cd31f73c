from tests.world import GUIDE

from tongban.doors.portal import case_page, guide_page
from tongban.offers.catalogue.rules.guide import Guide
from tongban.work.cases.rules.moves import State

GUIDE_READ = Guide.model_validate(GUIDE)


def test_a_number_is_read_out_in_groups_that_give_it_back():
    number = "11460106MB123456784000123001000202611020001"
    shown = case_page.readable(number)
    assert shown == "1146 0106 MB12 3456 7840 0012 3001 000 2026 1102 0001"
    assert shown.replace(" ", "") == number
    assert case_page.readable(None) == ""


def test_every_state_has_its_words():
    for table in (case_page.TAGS, case_page._WE, case_page._YOU):
        assert set(table) == set(State)
    assert set(case_page.BY) == set(case_page._CARD_BY)


def test_an_unknown_answer_is_no_situation():
    assert guide_page.situation_of(GUIDE_READ, {"own_place": "own", "x": "y"}) == (("own_place", "own"),)
    assert guide_page.situation_of(GUIDE_READ, {"own_place": "\x00"}) == ()


def test_a_situation_rules_materials_out_and_in():
    names = [row["name"] for row in guide_page.materials(GUIDE_READ, (("own_place", "own"),))]
    assert names == ["卫生检测报告", "平面图"]
    everything = {row["name"]: row["condition"] for row in guide_page.materials(GUIDE_READ, ())}
    assert everything["租赁合同"] == "经营场所是自己的还是租的：租的"
    assert everything["卫生检测报告"] == ""
