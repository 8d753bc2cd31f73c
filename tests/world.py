"""A small world for tests (测试世界): two places, two organs, one item with its guide, and the people around one case.

Everything is made through imports and actions, as it would be in use. ``build()`` once per test (it needs a database);
then ``draft_filled``, ``submitted`` … each make one more case of the applicant and bring it as far as their name says.
"""

import io
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from tongban.base.actor import Actor, system
from tongban.base.ids import new_id
from tongban.base.search import actions as search
from tongban.doors.web.middleware import SESSION
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.offers.catalogue.rules.finding import of_basic
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Method, Role
from tongban.people.parties import actions as parties
from tongban.people.parties import imports as organ_imports
from tongban.people.parties.queries import OrganView, organ_by_code
from tongban.people.places import imports as place_imports
from tongban.records.materials import actions as materials
from tongban.standards import credit_code
from tongban.standards.iso7064 import mod11_2
from tongban.work.cases import actions as cases
from tongban.work.cases import jobs
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)  # a Monday morning in China
SINCE = date(2020, 1, 1)  # editions and posts hold whatever the real clock of a door says
PASSWORD = "tongban-2026"

PROVINCE, CITY, COUNTY, OTHER_COUNTY = "460000000000", "460100000000", "460106000000", "460107000000"
TOWN, VILLAGE = "460106001000", "460106001001"
ORGAN_CODE = credit_code.make("11460106MB1234567")
OTHER_ORGAN_CODE = credit_code.make("11460107MB1234568")
GOVERNMENT_CODE = credit_code.make("11460106MB1234569")
PROVINCIAL_CODE = credit_code.make("11460000MB1234570")
BASIC_CODE, SUPPLEMENT_BASIC_CODE = "000123001000", "000123002000"

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

_PLACES = f"""code,name,level,parent,kind
{PROVINCE},海南省,province,,
{CITY},海口市,prefecture,{PROVINCE},
{COUNTY},龙华区,county,{CITY},
{OTHER_COUNTY},琼山区,county,{CITY},
{TOWN},中山街道,township,{COUNTY},
{VILLAGE},园内里社区居民委员会,village,{TOWN},
"""
_ORGANS = f"""name,short_name,credit_code,place,kind,duties,demonstration
海口市龙华区卫生健康委员会,龙华区卫健委,{ORGAN_CODE},{COUNTY},部门,公共场所卫生许可,yes
海口市琼山区卫生健康委员会,琼山区卫健委,{OTHER_ORGAN_CODE},{OTHER_COUNTY},部门,公共场所卫生许可,yes
海口市龙华区人民政府,龙华区政府,{GOVERNMENT_CODE},{COUNTY},政府,,yes
海南省政务服务中心(测试),省政务服务中心,{PROVINCIAL_CODE},{PROVINCE},部门,督查,yes
"""

_CHOICE = {
    "key": "own_place",
    "label": "经营场所是自己的还是租的",
    "type": "choice",
    "options": [{"value": "own", "label": "自己的"}, {"value": "rented", "label": "租的"}],
}

GUIDE: dict[str, object] = {
    "name": "公共场所卫生许可（新办）",
    "served": ["自然人", "企业法人"],
    "basis": [
        {
            "title": "公共场所卫生管理条例",
            "article": "第四条",
            "text": "国家对公共场所实行“卫生许可证”制度。",
        }
    ],
    "conditions": ["有固定的经营场所。", "从业人员有有效的健康合格证。"],
    "refusal_conditions": ["卫生检测报告不合格。"],
    "case_kind": "promised",
    "limits": {"statutory_days": 20, "promised_days": 5},
    "steps": [
        {"name": "受理", "days": 1, "what": "看材料齐不齐"},
        {"name": "审查", "days": 3, "what": "看内容对不对"},
        {"name": "决定", "days": 1},
        {"name": "制证", "days": 1},
        {"name": "送达", "days": 3},
    ],
    "materials": [
        {
            "key": "report",
            "name": "卫生检测报告",
            "kind": "other",
            "source": "other",
            "review_points": ["一年以内的报告", "写明检测机构"],
        },
        {
            "key": "lease",
            "name": "租赁合同",
            "kind": "other",
            "source": "own",
            "when": {"own_place": "rented"},
            "notes": "租期要包住申请的日期",
        },
        {
            "key": "plan",
            "name": "平面图",
            "kind": "other",
            "source": "own",
            "requirement": "optional",
        },
    ],
    "form": {
        "sections": [
            {
                "key": "shop",
                "title": "店铺",
                "intro": "照营业执照上的写。",
                "fields": [
                    {"key": "shop_name", "label": "店名", "max_length": 60},
                    {
                        "key": "credit_code",
                        "label": "统一社会信用代码",
                        "type": "credit_code",
                        "required": False,
                    },
                    _CHOICE,
                ],
            },
            {
                "key": "contact",
                "title": "场所和联系人",
                "fields": [
                    {"key": "address", "label": "经营地址", "max_length": 200},
                    {
                        "key": "area",
                        "label": "面积",
                        "type": "decimal",
                        "unit": "平方米",
                        "minimum": 1,
                        "maximum": 100000,
                    },
                    {"key": "opening", "label": "计划开业日期", "type": "date", "required": False},
                    {"key": "phone", "label": "联系电话", "type": "phone"},
                    {
                        "key": "words",
                        "label": "还想说明的",
                        "type": "long_text",
                        "required": False,
                        "max_length": 500,
                    },
                ],
            },
        ]
    },
    "channels": {"online": "full", "visits": 0, "post": True},
    "windows": [
        {
            "name": "龙华区政务服务中心综合窗口",
            "address": "海口市龙华区（演示地址）",
            "hours": "工作日 8:30—12:00，14:30—17:30",
            "phone": "0898-00000001",
        }
    ],
    "phones": {"advice": "0898-00000001", "complaint": "0898-00000002"},
    "result": {
        "name": "公共场所卫生许可证",
        "licence_type": "123",
        "valid_years": 4,
        "fields": ["shop_name", "address"],
    },
    "faq": [{"question": "开理发店要办吗？", "answer": "要办。"}],
    "keywords": ["理发店", "卫生许可证", "开店"],
    "themes": ["开店办企业"],
    "sources": ["测试用的指南，不是任何机关的公布内容。"],
    "demonstration": True,
}  # fmt: skip -- one line a field reads as a table

# What an applicant fills in, as the form sends it.
FORM: dict[str, object] = {
    "shop_name": "阿秀理发店",
    "own_place": "rented",
    "address": "海口市龙华区滨海大道1号",
    "area": "36.5",
    "phone": "13800138000",
}


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is (世界里的人和物). ``logins``: role -> login name; every password is ``PASSWORD``."""

    applicant: Actor
    stranger: Actor
    clerk: Actor
    reviewer: Actor
    decider: Actor
    editor: Actor
    other_clerk: Actor
    item_id: uuid.UUID
    item_code: str
    edition_id: uuid.UUID
    organ_id: uuid.UUID
    other_organ_id: uuid.UUID
    at: datetime
    logins: dict[str, str]
    head: Actor
    governor: Actor
    supervisor: Actor
    county_supervisor: Actor
    government_id: uuid.UUID
    provincial_id: uuid.UUID


def _imported(run: Callable[[Path, Callable[[str], None]], int], text: str) -> None:
    reports: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(text, encoding="utf-8")
        if run(path, reports.append) != 0:
            raise AssertionError(reports)


def _basic_items() -> None:
    for code, name in ((BASIC_CODE, "公共场所卫生许可"), (SUPPLEMENT_BASIC_CODE, "饮用水供水单位卫生许可")):
        BasicItem.objects.create(code=code, name=name, item_type="01", origin="测试", demonstration=True)
        search.put(of_basic(code=code, name=name, department="", demonstration=True))


def _person(login: str, name: str, first17: str, phone: str) -> Actor:
    owner = system("tests.world")
    number = first17 + mod11_2(first17)
    party_id = parties.register(actor=owner, name=name, id_number=number, phone=phone, at=AT)
    account = identity.open_account(actor=owner, login=login, password=PASSWORD, at=AT, party_id=party_id)
    return _actor(account)


def _official(login: str, name: str, organ_id: uuid.UUID, role: Role) -> Actor:
    owner = system("tests.world")
    account = identity.open_account(actor=owner, login=login, password=PASSWORD, at=AT, staff_name=name)
    identity.appoint(actor=owner, account_id=account, organ_id=organ_id, role=role, since=SINCE, at=AT)
    return _actor(account)


def _actor(account: uuid.UUID) -> Actor:
    found = actor_of(account, at=AT)
    assert found is not None
    return found[0]


def _organ(code: str) -> OrganView:
    found = organ_by_code(code)
    assert found is not None
    return found


@dataclass
class _Kept:
    """The world as it was first built in this process, table by table."""

    world: World
    tables: dict[str, bytes]


_kept: dict[str, _Kept] = {}


def build() -> World:
    """Make the world (造世界) in an empty database.

    It is made through imports and actions once a process; after that its rows are put back as they were, which takes
    a tenth of the time and half a minute off the suite. A database that already holds something gets a world of its own.
    """
    how = settings.PASSWORD_HASHERS[0]
    if any(_copied(table) for table in ("place", "account", "ledger_head")):
        return _build()
    if how not in _kept:
        world = _build()
        rows = {
            table: _copied(table) for table in connection.introspection.django_table_names(only_existing=True)
        }
        _kept[how] = _Kept(
            world, {table: found for table, found in rows.items() if found and table not in _NOT_OURS}
        )
        return world
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, rows_of_table in _kept[how].tables.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows_of_table)
    return _kept[how].world


_NOT_OURS = {"django_content_type", "django_migrations", "auth_permission"}


def _copied(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _build() -> World:
    _imported(place_imports.run, _PLACES)
    _imported(organ_imports.run, _ORGANS)
    _basic_items()
    organ, other = _organ(ORGAN_CODE), _organ(OTHER_ORGAN_CODE)
    government, provincial = _organ(GOVERNMENT_CODE), _organ(PROVINCIAL_CODE)
    editor = _official("editor", "编辑小吴", organ.id, Role.EDITOR)
    item_id = catalogue.register_item(
        actor=editor, basic_code=BASIC_CODE, organ_id=organ.id, level="4", at=AT
    )
    edition_id = publish_edition(editor, item_id)
    return World(
        applicant=_person("xiulan", "王秀兰", "46010619900101212", "13800138000"),
        stranger=_person("stranger", "陈生", "46010619850505123", "13900139000"),
        clerk=_official("clerk", "窗口小林", organ.id, Role.CLERK),
        reviewer=_official("reviewer", "审查员老符", organ.id, Role.REVIEWER),
        decider=_official("decider", "决定人老吴", organ.id, Role.DECIDER),
        editor=editor,
        other_clerk=_official("other_clerk", "外单位小黄", other.id, Role.CLERK),
        item_id=item_id,
        item_code=f"{ORGAN_CODE}4{BASIC_CODE}",
        edition_id=edition_id,
        organ_id=organ.id,
        other_organ_id=other.id,
        at=AT,
        logins={
            "applicant": "xiulan",
            "stranger": "stranger",
            "clerk": "clerk",
            "reviewer": "reviewer",
            "decider": "decider",
            "editor": "editor",
            "other_clerk": "other_clerk",
            "head": "head",
            "governor": "governor",
            "supervisor": "supervisor",
            "county_supervisor": "county_supervisor",
        },
        head=_official("head", "负责人老冯", organ.id, Role.HEAD),
        governor=_official("governor", "区长老郑", government.id, Role.GOVERNOR),
        supervisor=_official("supervisor", "省督查小唐", provincial.id, Role.SUPERVISOR),
        county_supervisor=_official("county_supervisor", "区督查小蔡", government.id, Role.SUPERVISOR),
        government_id=government.id,
        provincial_id=provincial.id,
    )


def publish_edition(
    editor: Actor, item_id: uuid.UUID, *, starts_on: date = SINCE, **changed: object
) -> uuid.UUID:
    """Publish one more edition (发布版本) of an item: ``GUIDE`` with ``changed`` elements."""
    edition_id = catalogue.draft_edition(actor=editor, item_id=item_id, body=GUIDE | changed, at=AT)
    put_through(editor, edition_id, starts_on)
    return edition_id


def second(editor: Actor) -> Actor:
    """Another editor with the same posts (另一位编辑): who approves what ``editor`` wrote."""
    return replace(editor, id=new_id(), name="编辑小陈")


def put_through(
    editor: Actor,
    edition_id: uuid.UUID,
    starts_on: date,
    reason: str = "测试发布",
    *,
    at: datetime = AT,
    ends_on: date | None = None,
) -> None:
    """Bring a draft into force (走完审批): checked by its editor, approved by another, published."""
    catalogue.check(
        actor=editor, edition_id=edition_id, starts_on=starts_on, ends_on=ends_on, reason=reason, at=at
    )
    catalogue.approve(actor=second(editor), edition_id=edition_id, at=at)
    catalogue.publish(actor=editor, edition_id=edition_id, at=at)


def put_standard_through(actor: Actor, edition_id: uuid.UUID, starts_on: date, reason: str = "标准") -> None:
    """The same for a draft of a basic item (走完基本目录审批)."""
    catalogue.check_basic(actor=actor, edition_id=edition_id, starts_on=starts_on, reason=reason, at=AT)
    catalogue.approve_basic(actor=second(actor), edition_id=edition_id, at=AT)
    catalogue.publish_basic(actor=actor, edition_id=edition_id, at=AT)


def standing(edition_id: uuid.UUID) -> Edition:
    """An edition as it stands in the database (版本现状), for the tests of rooms above."""
    return Edition.objects.get(pk=edition_id)


def drafts() -> list[Edition]:
    """All drafts (全部草稿), the oldest first."""
    return list(Edition.objects.filter(state="draft").order_by("id"))


def business_item(code: str, name: str) -> None:
    """A kind of the first basic item (业务办理项)."""
    BasicItem.objects.create(
        code=code, name=name, item_type="01", parent_id=code[:12], origin="测试", demonstration=True
    )


def item_of(basic_code: str) -> uuid.UUID:
    """The one item of a basic item (实施清单)."""
    return Item.objects.get(basic=basic_code).id


def material(
    world: World, actor: Actor | None = None, *, content: bytes = PDF, name: str = "报告.pdf"
) -> uuid.UUID:
    """Keep one material (收存材料) of the applicant, or of ``actor``."""
    return materials.keep(
        actor=actor or world.applicant, stream=io.BytesIO(content), file_name=name, title=name, at=world.at
    )


def draft_filled(world: World) -> cases.Ref:
    """A draft with every answer and material that it needs (填好的草稿)."""
    draft = cases.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    assert not cases.save(actor=world.applicant, case_id=draft.id, values=FORM, at=world.at)
    for key in ("report", "lease"):
        cases.attach(
            actor=world.applicant, case_id=draft.id, key=key, material_id=material(world), at=world.at
        )
    return draft


def sent_at_counter(clerk: Actor, case_id: uuid.UUID, at: datetime) -> cases.Ref:
    """Submit at a counter (窗口提交), its applicant standing there herself."""
    cases.name_presence(actor=clerk, case_id=case_id, standing=cases.Standing(), at=at)
    return cases.submit(actor=clerk, case_id=case_id, at=at)


def submitted(world: World) -> cases.Ref:
    """A submitted case (已提交)."""
    return cases.submit(actor=world.applicant, case_id=draft_filled(world).id, at=world.at)


def supplement(world: World) -> cases.Ref:
    """A case whose applicant was asked for one field and one material (待补正)."""
    demands = [Demand("field:address", "请写到门牌号。"), Demand("material:report", "报告缺第二页，请补齐。")]
    return cases.request_supplement(
        actor=world.clerk, case_id=submitted(world).id, demands=demands, at=world.at
    )


def accepted(world: World) -> cases.Ref:
    """An accepted case (已受理)."""
    return cases.accept(actor=world.clerk, case_id=submitted(world).id, at=world.at)


def examined(world: World) -> cases.Ref:
    """An examined case (待决定)."""
    return cases.examine(
        actor=world.reviewer, case_id=accepted(world).id, opinion="符合条件，建议准予。", at=world.at
    )


def granted(world: World) -> cases.Ref:
    """A granted case whose licence is not made yet (制证中)."""
    return cases.grant(actor=world.decider, case_id=examined(world).id, note="", at=world.at)


def closed(world: World) -> cases.Ref:
    """A closed case with its licence (已办结), as the worker leaves it."""
    case = granted(world)
    jobs.issue_licence(0, str(case.id), case.number or "")
    return cases.Ref(case.id, case.number, State.CLOSED, case.version + 1)


def enter(client: Client, account_id: uuid.UUID | None, *methods: Method) -> None:
    """Sign an account in at the door that the settings name, as its page would: by a password, or by ``methods``."""
    account = get_user_model().objects.get(pk=account_id)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session_id = identity.begin_session(
        account_id=account.pk,
        door=settings.DOOR,
        device="Firefox · Linux",
        address="127.0.0.1",
        methods=methods or [Method.PASSWORD],
        actor=system("tests.world"),
        at=datetime.now(UTC),
    )
    kept = client.session
    kept[SESSION] = str(session_id)
    kept.save()
