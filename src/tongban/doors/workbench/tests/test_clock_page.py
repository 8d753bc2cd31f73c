"""How the dates of a case are counted (期限说明页), as staff read it."""

from tests import world as worlds


def test_the_clerk_reads_it_beside_the_list_and_gets_the_file(world, as_):
    case = worlds.accepted(world)
    page = as_(world.clerk).get(f"/cases/{case.id}/clock").content.decode()
    assert "期限是怎么算的" in page
    assert "第 20 天" in page
    assert f'href="/cases/{case.id}/clock.json"' in page
    body = as_(world.clerk).get(f"/cases/{case.id}/clock.json").json()
    assert body["clock"]["events"][0] == ["received", "2026-11-02", 0, ""]


def test_the_case_leads_to_it(world, as_):
    case = worlds.accepted(world)
    assert f'href="/cases/{case.id}/clock' in as_(world.clerk).get(f"/cases/{case.id}").content.decode()


def test_a_clerk_of_another_organ_finds_nothing(world, as_):
    case = worlds.accepted(world)
    for address in ("clock", "clock.json"):
        assert as_(world.other_clerk).get(f"/cases/{case.id}/{address}").status_code == 404
