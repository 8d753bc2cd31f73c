"""What is asked for (所问的东西): for every name in an address one thing of the owning organ, or of its applicant.

``THINGS`` says by which key a name is filled, the longest beginning of an address that fits first. A test fails where an
address has a name that nothing here fills: whoever adds an address says what its things are.
"""

import json
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone
from tests import bundle, clocked, engine, full_guide, mandating
from tests import world as worlds
from tests.access import certified
from tests.access.people import provincial_editor
from tests.world import World

from tongban.base.actor import system
from tongban.base.calendar.tests.filling import INVENTED_2027, take_in, whole
from tongban.base.ledger import actions as ledger
from tongban.base.search import actions as search
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue import queries as catalogues
from tongban.offers.catalogue.actions import changes
from tongban.offers.powers.tests import filling as powers
from tongban.offers.publicinfo.tests import filling as infos
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.certificates.tests import service as pki
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Method, Role
from tongban.people.identity.rules.appointments import AppointmentKind
from tongban.people.identity.rules.outside import Shown
from tongban.people.mandates import actions as mandates
from tongban.people.signon import actions as signon
from tongban.people.signon import queries as signons
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.tests import filling as systems
from tongban.records.exchange.tests import writing as exchange
from tongban.records.licences import queries as licences
from tongban.work.cases import actions as cases
from tongban.work.cases import jobs, queries

NOTHING = uuid.UUID("00000000-0000-7000-8000-000000000008")
Maker = Callable[["Things"], Mapping[str, object]]


@dataclass
class Things:
    """The things of one world (一个世界的东西), each made when it is first asked for."""

    world: World
    made: dict[str, Mapping[str, object]] = field(default_factory=dict)
    service: pki.Service | None = None

    def certificates(self) -> pki.Service:
        """The certificate service of this world, built once (证书服务)."""
        if self.service is None:
            self.service = pki.build(self.world)
        return self.service

    def of(self, key: str) -> Mapping[str, object]:
        """Names and values of the thing ``key``."""
        if key not in self.made:
            self.made[key] = MAKERS[key](self)
        return self.made[key]


def _case(state: Callable[[World], cases.Ref]) -> Maker:
    def make(things: Things) -> Mapping[str, object]:
        ref = state(things.world)
        return {"case_id": ref.id, "version": ref.version}

    return make


def _of(code: str, bring: Callable[[World, str], cases.Ref], **terms: object) -> Maker:
    """A case of an item with terms of its own."""

    def make(things: Things) -> Mapping[str, object]:
        ref = bring(things.world, engine.item(things.world, code, **terms))
        return {"case_id": ref.id, "version": ref.version}

    return make


def _proposed(world: World) -> cases.Ref:
    ref = worlds.accepted(world)
    cases.propose_extension(actor=world.reviewer, case_id=ref.id, reason="情况复杂。", at=world.at)
    return ref


def _promised(world: World, code: str) -> cases.Ref:
    draft = engine.draft(world, code, without=("report",))
    cases.commit(actor=world.applicant, case_id=draft.id, agreed=True, at=world.at)
    cases.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    granted = cases.grant_at_once(actor=world.decider, case_id=draft.id, note="", at=world.at)
    engine.issued(granted)
    return granted


def _joint(things: Things) -> Mapping[str, object]:
    limits = {"statutory_days": 45, "promised_days": 30}
    second = {"key": "government", "organ": worlds.GOVERNMENT_CODE, "name": "龙华区政府", "days": 5}
    departments = [clocked.DEPARTMENTS[0], second]
    code = engine.item(things.world, "000123028000", departments=departments, limits=limits)
    ref = engine.accepted(things.world, code)
    return {"case_id": ref.id, "version": ref.version, "part": "health"}


def _closed(things: Things) -> Mapping[str, object]:
    world = things.world
    ref = worlds.closed(world)
    jobs.make_document(0, str(ref.id), ref.number or "")
    case = queries.one(world.applicant, ref.id)
    licence = licences.of_case(world.decider, ref.id, on=world.at.date())
    assert licence is not None
    return {
        "case_id": ref.id,
        "version": ref.version,
        "material_id": case.attachments[0].material_id,
        "document_id": case.documents[0].id,
        "licence_id": licence.id,
        "token": licence.token,
        "which": "grant",
    }


def _filling(things: Things) -> Mapping[str, object]:
    world = things.world
    ref = worlds.draft_filled(world)
    material = queries.one(world.applicant, ref.id).attachments[0].material_id
    return {
        "case_id": ref.id,
        "version": ref.version,
        "section": "shop",
        "key": "plan",
        "material_id": material,
    }


def _counter(things: Things) -> Mapping[str, object]:
    world = things.world
    code = engine.item(
        world, "000123021000", channels={"online": "full", "visits": 0, "post": True, "anywhere": "city"}
    )
    who = cases.Presented(name="王秀兰", id_number="460106199001012127")
    ref = cases.start_at_counter(
        actor=world.clerk, counter=world.organ_id, applicant=who, item_code=code, at=world.at
    )
    return {"case_id": ref.id, "version": ref.version, "basic": "000123021000", "key": "report"}


def _bundle(things: Things) -> Mapping[str, object]:
    bundle.build(things.world)
    ref = bundle.filled(things.world)
    return {
        "bundle_id": ref.id,
        "version": ref.version,
        "code": bundle.CODE,
        "section": "unit",
        "key": "layout",
    }


def _guide(things: Things) -> Mapping[str, object]:
    body = full_guide.full_guide()
    code = engine.item(things.world, "000123022000", **{**body, "name": "要素齐全"})
    return {"code": code, "number": 1, "digest": full_guide.names(body)[0].digest}


def _draft_edition(things: Things) -> Mapping[str, object]:
    world = things.world
    body = full_guide.full_guide()
    made = catalogue.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=world.at)
    return {"edition_id": made, "group": "basics", "digest": full_guide.names(body)[0].digest, "version": 1}


def _standard(things: Things) -> Mapping[str, object]:
    """A draft of a basic item, by an editor of the provincial organ."""
    world = things.world
    editor = provincial_editor(world)
    materials = full_guide.full_guide()["materials"]
    body = {"materials": materials}
    digest = next(one["blank"]["digest"] for one in materials if "blank" in one)
    made = catalogue.draft_basic(actor=editor, basic_code=worlds.BASIC_CODE, body=body, at=world.at)
    return {"edition_id": made, "group": "basics", "digest": digest}


def _flag(things: Things) -> Mapping[str, object]:
    world = things.world
    catalogue.flag_law_change(
        actor=system("tests"),
        law="公共场所卫生管理条例",
        wording=uuid.uuid4(),
        starts_on=date(2026, 12, 1),
        changed=[{"kind": "changed", "old": "第四条", "new": "第五条"}],
        at=world.at,
    )
    return {"flag_id": catalogues.flags(world.editor)[0][0].id}


def _migration(things: Things) -> Mapping[str, object]:
    world = things.world
    code = engine.item(world, "000123023000")
    engine.accepted(world, code)
    item_id = worlds.item_of("000123023000")
    old = catalogues.history(world.editor, item_id, world.at.date())[1][0].id
    limits = {"statutory_days": 20, "promised_days": 4}
    after = (world.at + timedelta(days=1)).date()
    worlds.publish_edition(world.editor, item_id, starts_on=after, limits=limits, name="事项000123023000")
    made = cases.plan_migration(actor=world.editor, edition_id=old, at=world.at + timedelta(days=2))
    return {"migration_id": made}


def _redating(things: Things) -> Mapping[str, object]:
    actor = system("tests")
    take_in(whole(2026), clocked.DECEMBER - timedelta(days=2))
    worlds.accepted(clocked.in_december(things.world))
    take_in(INVENTED_2027, clocked.DECEMBER + timedelta(days=1))
    cases.redate(actor=actor, at=clocked.DECEMBER + timedelta(days=1))
    return {"redating_id": queries.redatings()[0].id}


def _change(things: Things) -> Mapping[str, object]:
    world = things.world
    body = catalogues.guide_of(world.edition_id).body() | {"office": "许可科"}
    content = json.dumps([{"code": world.item_code, "body": body}]).encode()
    made = changes.take_in(actor=world.editor, name="items.json", content=content, at=world.at)
    return {"change_id": made}


def _synonyms(things: Things) -> Mapping[str, object]:
    made = search.add_synonyms(actor=things.world.editor, words="饭馆 饭店", leads="食品", at=things.world.at)
    return {"group_id": made}


def _adjustment(things: Things) -> Mapping[str, object]:
    made = powers.written(things.world)
    return {"adjustment_id": made.id, "version": made.version, "basic": powers.BASIC}


def _power_list(things: Things) -> Mapping[str, object]:
    powers.listed(things.world, powers.OTHER_BASIC)
    return {"organ": worlds.ORGAN_CODE, "basic": powers.OTHER_BASIC, "form": "csv"}


def _deputy(things: Things) -> Mapping[str, object]:
    world = things.world
    today = timezone.localdate()
    made = identity.deputise(
        actor=world.clerk,
        organ_id=world.organ_id,
        role=Role.CLERK,
        deputy_id=world.reviewer.id,  # type: ignore[arg-type] # an official has an account
        since=today,
        until=today + timedelta(days=2),
        at=timezone.now(),
    )
    return {"deputising_id": made}


def _info(things: Things) -> Mapping[str, object]:
    made = infos.draft(things.world)
    return {"info_id": made.id, "version": made.version, "listed": "announcement"}


def _announced(things: Things) -> Mapping[str, object]:
    world = things.world
    second = infos.second_editor(world)
    service = infos.published(world, second, **infos.SERVICE).id
    agency = infos.published(world, second, **infos.AGENCY | {"services": str(service)}).id
    notice = infos.published(world, second).id
    return {"info_id": notice, "service_id": service, "agency_id": agency, "number": 1, "kind": "notice"}


def _law(things: Things) -> Mapping[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        infos.take_in(Path(folder), "2010-01-01", "甲", "乙")
        infos.take_in(Path(folder), "2020-01-01", "甲", "丙")
    return {"law": "样例法", "key": "样例法", "dated": "2020-01-01"}


def _session(who: str, door: str) -> Maker:
    def make(things: Things) -> Mapping[str, object]:
        made = identity.begin_session(
            account_id=getattr(things.world, who).id,
            door=door,
            device="Firefox · Linux",
            address="127.0.0.1",
            methods=[Method.PASSWORD],
            actor=system("tests"),
            at=timezone.now(),
        )
        return {"session_id": made}

    return make


def _passkey(who: str) -> Maker:
    def make(things: Things) -> Mapping[str, object]:
        made = identity.add_passkey(
            actor=replace(getattr(things.world, who), level=3),
            credential=who.encode(),
            public_key=b"public",
            sign_count=0,
            label="电脑",
            at=timezone.now(),
        )
        return {"passkey_id": made}

    return make


def _authority(things: Things) -> Mapping[str, object]:
    things.certificates()
    return {"slug": authorities.current(AuthorityKind.ISSUING, Algorithm.P256).slug, "encoded": "MA"}


def _message(things: Things) -> Mapping[str, object]:
    """One that a system of the other organ has sent to the organ as a whole."""
    mine, away = exchange.writers(things.certificates())
    sent = away.send(mine.organ_code, at=things.certificates().at)
    return {"message_id": sent.id}


def _system(things: Things) -> Mapping[str, object]:
    world = things.world
    made = signon.request_system(
        actor=world.editor, organ_id=world.organ_id, values=_system_form(), at=world.at, rehearsal=True
    )
    return {"system_id": made, "version": 1}


def _system_form() -> dict[str, str]:
    return systems.FORM | {"method": "none", "keys": "", "name": "待批的系统"}


def _agreed_system(things: Things) -> Mapping[str, object]:
    """One that the applicant has agreed to."""
    party = systems.connected(things.world)
    system_ = signons.live(party.client_id, Audience.PUBLIC)
    assert system_ is not None
    signon.consent(actor=things.world.applicant, system=system_, shares=["name"], at=things.world.at)
    return {"system_id": party.id}


def _appointment(things: Things) -> Mapping[str, object]:
    world = things.world
    officer = engine.colleague(world, "proposer", Role.PERSONNEL)
    made = identity.propose_appointment(
        actor=officer,
        kind=AppointmentKind.APPOINT,
        login=world.logins["other_clerk"],
        organ_id=world.organ_id,
        role=Role.CLERK,
        items=(),
        since=timezone.localdate(),
        reason="测试",
        at=timezone.now(),
    )
    return {"appointment_id": made}


def _mandate(things: Things) -> Mapping[str, object]:
    world = things.world
    mandating.person("zhouyang", "周洋", mandating.AGENT)
    today = timezone.localdate()
    mandate = mandates.offer(
        actor=world.applicant,
        agent_name="周洋",
        agent_number=mandating.number(mandating.AGENT),
        terms=mandates.Terms(frozenset({"read"}), today, today + timedelta(days=30)),
        at=timezone.now(),
    )
    return {"mandate_id": mandate}


def _linked(things: Things) -> Mapping[str, object]:
    shown = Shown("simulated", "http://127.0.0.1:1", "a subject", "")
    return {"linked_id": identity.link_account(actor=things.world.applicant, shown=shown, at=things.world.at)}


def _staff(things: Things) -> Mapping[str, object]:
    world = things.world
    made = identity.join_staff(
        actor=system("tests"), organ_id=world.organ_id, login="joiner", name="赵敏", at=world.at
    )
    return {"given": made}


def _joiner(things: Things) -> Mapping[str, object]:
    world = things.world
    made = identity.join_staff(
        actor=system("tests"), organ_id=world.organ_id, login="new here", name="孙悦", at=world.at
    )
    return {"account_id": made}


def _fixed(**values: object) -> Maker:
    return lambda _things: values


MAKERS: dict[str, Maker] = {
    "draft": _filling,
    "submitted": _case(worlds.submitted),
    "supplement": _case(worlds.supplement),
    "accepted": _case(worlds.accepted),
    "examined": _case(worlds.examined),
    "granted": _case(worlds.granted),
    "closed": _closed,
    "proposed": _case(_proposed),
    "pre_review": _of("000123024000", engine.submitted, **engine.PRE_REVIEW),
    "special": _of("000123025000", engine.accepted, **engine.SPECIAL),
    "instant": _of("000123026000", engine.submitted, **engine.INSTANT),
    "promised": _of("000123027000", _promised, **engine.COMMITMENT),
    "joint": _joint,
    "counter": _counter,
    "bundle": _bundle,
    "guide": _guide,
    "edition": _draft_edition,
    "standard": _standard,
    "flag": _flag,
    "migration": _migration,
    "redating": _redating,
    "change": _change,
    "synonyms": _synonyms,
    "adjustment": _adjustment,
    "power list": _power_list,
    "deputy": _deputy,
    "info": _info,
    "announced": _announced,
    "law": _law,
    "world": lambda things: {
        "item_id": things.world.item_id,
        "code": things.world.item_code,
        "organ": worlds.ORGAN_CODE,
        "organ_id": things.world.organ_id,
    },
    "basic item": _fixed(code=worlds.BASIC_CODE, basic=worlds.BASIC_CODE),
    "place": _fixed(code=worlds.COUNTY),
    "session": _session("applicant", "portal"),
    "staff session": _session("clerk", "workbench"),
    "passkey": _passkey("applicant"),
    "staff passkey": _passkey("clerk"),
    "proof": _fixed(kind="social_security"),
    "requested certificate": certified.requested,
    "approved certificate": certified.approved,
    "certificate": certified.certificate,
    "suspended certificate": certified.suspended,
    "ended certificate": certified.ended,
    "authority": _authority,
    "system": _system,
    "message": _message,
    "agreed system": _agreed_system,
    "appointment": _appointment,
    "mandate": _mandate,
    "staff": _staff,
    "joiner": _joiner,
    "linked account": _linked,
    "outside provider": _fixed(key="simulated"),
    "post of staff": _fixed(given="clerk"),
    "type of staff": _fixed(given="User", rest="nowhere"),
    "schema of staff": _fixed(given="urn:ietf:params:scim:schemas:core:2.0:User"),
    "switch": _fixed(switch="on", code="en"),
    "seal": lambda _things: {"number": ledger.seal(at=worlds.AT) and 1},
}
