"""How an applicant receives the result: chosen in the draft, said back masked, and nobody else's business."""

from tests import world as worlds

from tongban.work.cases import actions, queries

SECRET = "海口市龙华区演示路1号2栋301"
POST = {"way": "post", "recipient": "王秀兰", "phone": "13800138000", "address": SECRET}


def test_the_way_is_chosen_on_its_own_page_and_seen_before_sending(world, browser):
    draft, person = worlds.draft_filled(world), browser(world.applicant)
    url = f"/my/cases/{draft.id}/delivery"
    assert "怎样领取结果" in person.get(url).content.decode()
    assert person.post(url, POST)["Location"].endswith(f"/my/cases/{draft.id}/check")
    assert SECRET in person.get(f"/my/cases/{draft.id}/check").content.decode()
    assert SECRET in person.get(url).content.decode(), "her own draft shows what she typed"
    assert SECRET not in str(queries.one(world.applicant, draft.id).delivery)
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    page = person.get(f"/my/cases/{draft.id}").content.decode()
    assert SECRET not in page
    assert "138****8000" in page
    assert person.get(url).status_code == 302
    assert person.post(url, POST).status_code == 409


def test_what_is_wrong_is_said_at_the_field_and_kept(world, browser):
    draft, person = worlds.draft_filled(world), browser(world.applicant)
    url = f"/my/cases/{draft.id}/delivery"
    for wrong, name in (
        (POST | {"phone": "12"}, "phone"),
        (POST | {"address": ""}, "address"),
        ({"way": "pigeon"}, "way"),
        ({}, "way"),
        ({"way": "counter", "counter": "x"}, "way"),  # this item is not collected at counters
    ):
        answer = person.post(url, wrong)
        assert answer.status_code == 422
        assert f'id="id_{name}-error"' in answer.content.decode()
    assert 'value="12"' in person.post(url, POST | {"phone": "12"}).content.decode()
    assert queries.one(world.applicant, draft.id).delivery == {}


def test_strangers_do_not_find_the_page(world, browser):
    url = f"/my/cases/{worlds.draft_filled(world).id}/delivery"
    assert browser(world.stranger).get(url).status_code == 404
    assert browser(world.stranger).post(url, POST).status_code == 404
    assert browser(None).get(url).status_code == 302
