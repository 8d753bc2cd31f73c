"""Laws and documents for tests (测试用公开信息)."""

import uuid
from datetime import date
from pathlib import Path

from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.offers.publicinfo import actions, imports
from tongban.offers.publicinfo.actions import DocumentRef
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Role
from tongban.standards import credit_code

CONTENT = {"kind": "notice", "title": "周六照常办理", "body": "每周六上午照常收件。\n\n网上随时可以提交。"}

SERVICE = {
    "kind": "service",
    "title": "公共场所卫生检测",
    "body": "不得指定品牌。",
    "items": "000123001000\n000123002000",
    "basis": "《公共场所卫生管理条例》第四条\n某办法",
    "alone": "on",
    "payer": "applicant",
    "pricing": "market",
    "charge": "由合同商定",
    "days": "7",
    "result": "卫生检测报告",
}
AGENCY = {
    "kind": "agency",
    "title": "椰风检测有限公司",
    "body": "节假日也上班。",
    "credit_code": credit_code.make("91460000000000001"),
    "qualifications": "检验检测机构资质认定；证0001；2027-12-31\n备案；备0001；长期",
    "places": worlds.CITY,
    "address": "海口市某路1号",
    "phone": "400-000-0001",
    "charge": "每点300元",
    "since": "2024-03-01",
}


def law_text(*articles: str, title: str = "中华人民共和国样例法", history: str = "") -> str:
    from tongban.standards.numerals import to_chinese

    lines = [f"# {title}", history, "<!-- INFO END -->", "## 第一章 总则"]
    return (
        "\n\n".join([*lines, *(f"第{to_chinese(n)}条 {text}" for n, text in enumerate(articles, 1))]) + "\n"
    )


def take_in(folder: Path, dated: str, *articles: str, name: str = "样例法", **more: str) -> list[str]:
    """Import one wording; what was reported."""
    told: list[str] = []
    file = folder / f"{name}({dated}).md"
    file.write_text(law_text(*articles, **more), encoding="utf-8")
    told.append(str(imports.run(file, told.append, at=worlds.AT)))
    return told


def second_editor(world: World, organ_id: uuid.UUID | None = None, login: str = "second") -> Actor:
    """One more editor of the organ (另一位编辑)."""
    owner = system("tests")
    account = identity.open_account(
        actor=owner, login=login, password=worlds.PASSWORD, at=world.at, staff_name="编辑小符"
    )
    identity.appoint(
        actor=owner,
        account_id=account,
        organ_id=organ_id or world.organ_id,
        role=Role.EDITOR,
        since=date(2020, 1, 1),
        at=world.at,
    )
    found = actor_of(account, at=world.at)
    assert found is not None
    return found[0]


def draft(world: World, **changed: str) -> DocumentRef:
    return actions.start(actor=world.editor, organ_id=world.organ_id, content=CONTENT | changed, at=world.at)


def in_review(world: World, **changed: str) -> DocumentRef:
    return actions.send(actor=world.editor, document_id=draft(world, **changed).id, at=world.at)


def published(world: World, second: Actor, **changed: str) -> DocumentRef:
    made = in_review(world, **changed)
    return actions.approve(actor=second, document_id=made.id, confirmed=True, at=world.at)


def withdrawn(world: World, second: Actor) -> DocumentRef:
    made = published(world, second)
    return actions.withdraw(actor=world.editor, document_id=made.id, reason="写错了日期", at=world.at)
