"""One change for the whole province: a limit is lowered, 26 places follow, and everything changes at one moment."""

import json
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, SINCE

from tongban.base.actor import Actor, system
from tongban.base.search import queries as search
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.models import Edition
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import account_by_login, actor_of
from tongban.people.identity.rules import Role
from tongban.people.parties import imports as organ_imports
from tongban.people.parties.queries import OrganView, organ_by_code
from tongban.people.places import imports as place_imports
from tongban.standards import credit_code

PLATFORM = system("tests")
PLACES = 26
TERMS = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
OLD, NEW = 5, 4


def limits(days: int) -> dict[str, object]:
    return {"limits": {"statutory_days": 20, "promised_days": days}}


@dataclass
class Province:
    """26 counties and districts that carry out one item, and two editors of the province."""

    first: Client
    second: Client
    codes: list[str]
    standard: uuid.UUID


def _organs(places: list[str]) -> list[OrganView]:
    rows = ["name,short_name,credit_code,place,kind,duties,demonstration"]
    codes = [credit_code.make(f"11{place[:6]}MC{number:07d}") for number, place in enumerate(places)]
    rows += [
        f"卫健委{number},,{code},{place},部门,,yes"
        for number, (place, code) in enumerate(zip(places, codes, strict=True))
    ]
    file = Path(settings.HOME) / "organs-of-a-test.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    told: list[str] = []
    assert organ_imports.run(file, told.append) == 0, told
    file.unlink()
    found = [organ_by_code(code) for code in codes]
    assert all(found)
    return [organ for organ in found if organ is not None]


def _editor(login: str, organ: OrganView) -> Client:
    account = identity.open_account(
        actor=PLATFORM, login=login, password=worlds.PASSWORD, at=AT, staff_name=login
    )
    identity.appoint(
        actor=PLATFORM, account_id=account, organ_id=organ.id, role=Role.EDITOR, since=SINCE, at=AT
    )
    client = Client()
    with at_door("workbench"):
        worlds.enter(client, account_by_login(login).id)
    return client


def _county_places() -> list[str]:
    """Codes of 26 counties, districts and towns, which are taken in with all that they lie in."""
    head, *lines = (Path(settings.DATA) / "hainan_divisions.csv").read_text(encoding="utf-8").splitlines()
    upper = [line for line in lines if line.split(",")[2] in ("province", "prefecture", "county")]
    counties = [line for line in upper if line.split(",")[2] == "county"]
    towns = [line for line in lines if line.split(",")[2] == "township"][: PLACES - len(counties) + 1]
    file = Path(settings.HOME) / "places-of-a-test.csv"
    file.write_text("\n".join([head, *upper, *towns]) + "\n", encoding="utf-8")
    told: list[str] = []
    assert place_imports.run(file, told.append) == 0, told
    file.unlink()
    return [line.split(",")[0] for line in (*counties, *towns)]


@pytest.fixture
def province(db: None) -> Province:
    world = worlds.build()
    places = [place for place in _county_places() if place != worlds.COUNTY][: PLACES - 1]
    (top, *organs) = _organs([worlds.PROVINCE, *places])
    standard = actions.draft_basic(actor=PLATFORM, basic_code=BASIC_CODE, body=TERMS, at=AT)
    worlds.put_standard_through(PLATFORM, standard, SINCE)
    codes = [world.item_code]
    for number, organ in enumerate(organs):
        editor = Actor(
            kind=world.editor.kind,
            name="编辑",
            posts=frozenset({replace(next(iter(world.editor.posts)), organ_id=organ.id)}),
        )
        item = actions.register_item(actor=editor, basic_code=BASIC_CODE, organ_id=organ.id, level="4", at=AT)
        worlds.publish_edition(editor, item, keywords=["理发店", f"第{number}处"])
        codes.append(f"{organ.credit_code}4{BASIC_CODE}")
    return Province(_editor("first", top), _editor("second", top), codes, standard)


def at_door(door: str) -> override_settings:
    return override_settings(
        ROOT_URLCONF=f"config.urls_{door}",
        DOOR=door,
        SESSION_COOKIE_NAME="sessionid",
        SECURE_SSL_REDIRECT=False,
    )


def _press(client: Client, url: str, **typed: str) -> None:
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    version = page.content.decode().partition('name="version" value="')[2].partition('"')[0]
    answer = client.post(url, {"version": version, **typed})
    assert answer.status_code == 302, (url, answer.content.decode()[-4000:])


def lowered(province: Province, starts_on: date) -> uuid.UUID:
    """The two editors lower the limit at their desk, from the draft to its publication; returns the new standard."""
    first, second = province.first, province.second
    made = first.post(f"/catalogue/basics/{BASIC_CODE}/draft", {"origin": "current"})["Location"].split("/")[
        3
    ]
    url, day = f"/catalogue/standards/{made}", starts_on.isoformat()
    page = first.get(f"{url}/edit/process").content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    typed = {
        f"steps.{place}.{name}": str(value)
        for place, step in enumerate(GUIDE["steps"])
        for name, value in step.items()
    }  # type: ignore[call-overload] # a list of objects in this literal
    typed |= {
        "limits.statutory_days": "20",
        "limits.promised_days": str(NEW),
        "limits.reply_days": "5",
        "limits.delivery_days": "10",
        "limits.statutory_unit": "workday",
    }
    told = first.post(f"{url}/edit/process/typed", {"seen": seen, "own": ["limits", "steps"], **typed}).json()
    assert told["saved"]
    assert [one for one in told["problems"] if one["state"] == "bad"] == []

    impact = first.get(f"{url}/impact", {"starts_on": day}).content.decode()
    assert f"有 {PLACES} 个实施清单会超出它" in impact
    assert f"在 {PLACES} 个地方" in impact
    assert impact.count(f"{OLD} → {NEW}") == PLACES
    refused = first.post(
        f"{url}/check", {"version": _version(first, url), "starts_on": day, "reason": "减时限"}
    )
    assert refused.status_code == 409, "without their editions the standard is refused"
    assert f"有{PLACES}个实施清单会超出这个标准" in refused.content.decode()

    for _ in range(2):  # pressed twice, it is done once
        assert first.post(f"{url}/impact", {"starts_on": day}).status_code == 302
    assert Edition.objects.filter(along=made).count() == PLACES
    shown = first.get(f"{url}/impact", {"starts_on": day}).content.decode()
    assert f"已代拟 {PLACES} 个版本" in shown
    assert shown.count(f"承诺{NEW}个工作日") == PLACES
    _press(first, f"{url}/check", starts_on=day, reason="减时限")
    assert first.get(f"{url}/approve").status_code == 403, "who wrote it does not approve it"
    _press(second, f"{url}/approve", remark="同意")
    _press(first, f"{url}/publish")
    return uuid.UUID(made)


def _version(client: Client, url: str) -> str:
    page = client.get(f"{url}/check").content.decode()
    return page.partition('name="version" value="')[2].partition('"')[0]


def promised(codes: list[str], on: date) -> set[int]:
    """What every place promises on a day: guide, search and API."""
    guides = {queries.in_force(code, on).guide.limits.promised_days for code in codes}
    hits = {
        hit.shown["promised_days"]
        for code in codes
        for hit in search.search("理发店", on=on, place=_place_of(code)).hits
    }
    with at_door("api"):
        answers = [Client().get(f"/v1/items/{code}", {"as_of": on.isoformat()}) for code in codes]
    assert {answer.status_code for answer in answers} == {200}
    told = {json.loads(answer.content)["guide"]["limits"]["promised_days"] for answer in answers}
    return guides | hits | told


def _place_of(code: str) -> str:
    organ = organ_by_code(code[:18])
    assert organ is not None
    return organ.place


def shown_now(codes: list[str]) -> set[bool]:
    """Whether the portal's guide pages show the new limit at this moment."""
    with at_door("portal"):
        pages = [Client().get(f"/items/{code}") for code in codes]
    assert {page.status_code for page in pages} == {200}
    strips = [page.content.decode().partition("tb-facts")[2].partition("</dl>")[0] for page in pages]
    assert all((f"{NEW} 个工作日" in strip) != (f"{OLD} 个工作日" in strip) for strip in strips), strips[0]
    return {f"{NEW} 个工作日" in strip for strip in strips}


def are_of_the_edition_in_force(codes: list[str]) -> bool:
    """Whether paper, counter screen and linked data all name the digest of the edition in force at this moment."""
    today = timezone.localdate(datetime.now(UTC))
    forms = ("/print", "/screen", ".jsonld")
    with at_door("portal"):
        return all(
            queries.in_force(code, today).digest[:12] in Client().get(f"/items/{code}{form}").content.decode()
            for code in codes
            for form in forms
        )


def test_before_the_start_moment_everything_answers_the_old_and_from_it_the_new(province: Province):
    today = timezone.localdate(datetime.now(UTC))
    tomorrow = today + timedelta(days=1)
    with at_door("workbench"):
        lowered(province, tomorrow)
    assert promised(province.codes, today) == {OLD}
    assert shown_now(province.codes) == {False}
    assert are_of_the_edition_in_force(province.codes)
    assert promised(province.codes, tomorrow) == {NEW}
    assert promised(province.codes, tomorrow + timedelta(days=400)) == {NEW}
    ends = Edition.objects.filter(item__code__in=province.codes, state="superseded").values_list(
        "ends_on", flat=True
    )
    assert set(ends) == {tomorrow}


def test_a_change_that_begins_today_is_shown_at_once_by_every_page(province: Province):
    today = timezone.localdate(datetime.now(UTC))
    assert shown_now(province.codes) == {False}
    with at_door("workbench"):
        lowered(province, today)
    assert shown_now(province.codes) == {True}
    assert are_of_the_edition_in_force(province.codes)
    assert promised(province.codes, today) == {NEW}
    assert promised(province.codes, today - timedelta(days=1)) == {OLD}


def test_a_change_that_is_sent_back_takes_the_proposals_back_with_it(province: Province):
    actor = actor_of(account_by_login("first").id, at=AT)  # type: ignore[union-attr] # the fixture opened it
    assert actor is not None
    today = timezone.localdate(datetime.now(UTC))
    made = actions.draft_basic(
        actor=actor[0], basic_code=BASIC_CODE, body=TERMS | limits(NEW), at=datetime.now(UTC)
    )
    actions.propose(actor=actor[0], edition_id=made, starts_on=today, at=datetime.now(UTC))
    with at_door("workbench"):
        url = f"/catalogue/standards/{made}"
        _press(
            province.first, f"{url}/check", starts_on=(today + timedelta(days=1)).isoformat(), reason="减时限"
        )
        stale = (
            province.second.get(f"{url}/approve")
            .content.decode()
            .partition('name="version" value="')[2]
            .partition('"')[0]
        )
        _press(province.first, f"{url}/send_back", reason="再想想")
        assert set(Edition.objects.filter(along=made).values_list("state", flat=True)) == {"draft"}
        one = Edition.objects.filter(along=made).first()
        assert one is not None
        one.body, one.digest = one.body | {"keywords": ["换了"]}, "0" * 64
        one.save()
        _press(
            province.first, f"{url}/check", starts_on=(today + timedelta(days=1)).isoformat(), reason="减时限"
        )
        answer = province.second.post(f"{url}/approve", {"version": stale, "remark": ""})
        assert answer.status_code == 409, "one of the editions that go along is another by now"
        assert set(Edition.objects.filter(along=made).values_list("state", flat=True)) == {"checked"}
    assert promised(province.codes, today) == {OLD}
