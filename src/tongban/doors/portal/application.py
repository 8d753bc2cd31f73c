"""What the pages of filling in work on (申请): one case, or the cases of a bundle that are filled in as one.

The pages know only :class:`Application`; each of its two kinds says where its addresses are and which acts it calls.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.portal import promising
from tongban.doors.portal.visit import today, uuid_of
from tongban.doors.web import delivery as delivering
from tongban.doors.web import promises
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules.form import Errors, FieldSpec, Form
from tongban.offers.catalogue.rules.guide import Material
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import BundleFile, CaseView, DeliveryView, Known
from tongban.work.cases.rules.application import (
    check_complete,
    open_fields,
    open_materials,
)
from tongban.work.cases.rules.moves import EDITABLE, WHOLE, State

SUPPLEMENT = "supplement"  # the one page of answers that a supplement has, in place of the guide's sections


@dataclass(frozen=True, slots=True)
class Given:
    """A file that is handed in (已交文件)."""

    key: str
    material_id: uuid.UUID
    file_name: str
    size: int
    digest: str
    attached_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets an application, and in how many working days it answers (收件机关)."""

    item: str
    organ: str
    reply_days: int


@dataclass(frozen=True, slots=True)
class Application(ABC):
    """An application as its pages see it (申请).

    ``wanted``: the materials that the answers call for; ``materials``: those that can be handed in now; ``names``: of all. ``demands``: of a supplement notice, by target.
    ``fixed``: answers that the platform gives and nobody changes. ``asks``, ``wants``: section or material -> short names of
    the items of a bundle that it is for.
    """

    actor: Actor
    id: uuid.UUID
    name: str
    state: State
    version: int
    party_id: uuid.UUID
    form: Form
    answers: dict[str, object]
    wanted: tuple[Material, ...]
    materials: tuple[Material, ...]
    names: Mapping[str, str]
    files: tuple[Given, ...]
    receivers: tuple[Receiver, ...]
    demands: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asks_delivery: bool = False  # on a page of its own; a bundle asks it in its form
    edition: str = ""  # from which its pages are drawn; a bundle has several

    def delivery(self) -> DeliveryView | None:
        """How the result is received, where it was chosen (送达方式)."""
        return None

    @property
    def commits(self) -> bool:
        """Whether it has a page of commitment (有无承诺页); the items of a bundle have none of their own."""
        return False

    def promised(self) -> list[dict[str, Any]]:
        """What was promised (已承诺的内容)."""
        return []

    def hindrance(self) -> list[dict[str, str]]:
        """What keeps a promise from being sent (承诺的障碍)."""
        return []

    def waived(self) -> Mapping[str, str]:
        """Materials that need not be handed in (免交材料), and why."""
        return {}

    def later_note(self, material: Material) -> str:
        """When a deferred material may follow (容缺说明), or nothing."""
        return ""

    @property
    def editable(self) -> bool:
        """Whether something of it may be changed (可改)."""
        return self.state in EDITABLE

    @property
    def whole(self) -> bool:
        """Whether everything of it may be changed (全部可改)."""
        return self.state in WHOLE

    @property
    def again(self) -> bool:
        """Whether it was sent before (再次提交)."""
        return self.state is not State.DRAFT

    @property
    def home(self) -> str:
        """Address of its own page (办件地址)."""
        return self.url("")

    def demanded(self, kind: str) -> dict[str, str]:
        """What the notice asks of fields or of materials (补正要求): key -> text."""
        return {
            target.partition(":")[2]: text
            for target, text in self.demands.items()
            if target.partition(":")[0] == kind
        }

    def demanded_fields(self) -> list[FieldSpec]:
        """The fields of a supplement (待补正字段), in order: those demanded, and what is asked because of them."""
        return []

    def known(self) -> dict[str, Known]:
        """What the platform knows of its answers (已知内容)."""
        if self.state is not State.DRAFT:
            return {}
        return queries.known(self.form, party_id=self.party_id, on=today())

    @abstractmethod
    def url(self, page: str, *of: str) -> str:
        """Address of one of its pages (地址); ``""`` is its own."""

    @abstractmethod
    def now(self) -> "Application":
        """The same, read anew (重新读取)."""

    @abstractmethod
    def lacks(self, on: date) -> Errors:
        """What is missing before it can be sent (还差什么), by target."""

    def drawn_from(self, edition: str) -> EditionView | None:
        """The edition that a page was drawn from (页面所用版本), where the draft was upgraded elsewhere since."""
        return None

    @abstractmethod
    def newer(self) -> object:
        """What is offered where a draft stands on an earlier edition (新版指南), or nothing."""

    @abstractmethod
    def save(self, values: Mapping[str, object], at: datetime, edition_id: uuid.UUID | None = None) -> Errors:
        """Save answers (保存); ``edition_id``: whose questions they answer, where it may be an earlier one."""

    @abstractmethod
    def attach(self, key: str, material_id: uuid.UUID, at: datetime) -> None:
        """Hand in a material (附上)."""

    @abstractmethod
    def detach(self, key: str, material_id: uuid.UUID) -> None:
        """Take a material out (取下)."""

    @abstractmethod
    def send(self, *, at: datetime, key: str | None, version: int, again: bool) -> None:
        """Submit it, or hand in again what a notice asked for (提交)."""

    @abstractmethod
    def discard(self, at: datetime) -> None:
        """Throw the draft away (删除草稿)."""


@dataclass(frozen=True, slots=True)
class CaseApplication(Application):
    """One case (单个办件)."""

    case: CaseView | None = None

    @property
    def of(self) -> CaseView:
        """The case (办件)."""
        assert self.case is not None  # noqa: S101 -- of_case always gives it
        return self.case

    def demanded_fields(self) -> list[FieldSpec]:
        """The fields of a supplement (待补正字段)."""
        wanted = open_fields(self.of.edition.guide, self.demands)
        return [spec for key, spec in self.form.by_key().items() if key in wanted]

    def url(self, page: str, *of: str) -> str:
        """Address of one of its pages (地址)."""
        return reverse(page or "case", args=[self.id, *of])

    def now(self) -> Application:
        """The same, read anew (重新读取)."""
        return of_case(self.actor, self.id)

    def lacks(self, on: date) -> Errors:
        """What is missing (还差什么)."""
        guide = self.of.edition.guide
        there = {given.key for given in self.files}
        there |= queries.held_materials(guide, party_id=self.party_id, on=on).keys()
        return check_complete(guide, self.answers, there, committed=self.of.committed is not None)

    def drawn_from(self, edition: str) -> EditionView | None:
        """The edition that a page was drawn from (页面所用版本), where the draft was upgraded elsewhere since."""
        drawn = uuid_of(edition)
        if drawn in (None, self.of.edition.id) or not self.whole:
            return None
        editions = {one.id for one in catalogue.public_editions(self.of.edition.item_code)}
        return catalogue.edition(drawn) if drawn in editions else None

    def delivery(self) -> DeliveryView | None:
        """How the result is received, where it was chosen (送达方式)."""
        return queries.delivery(self.actor, self.of)

    @property
    def commits(self) -> bool:
        """Whether it has a page of commitment (有无承诺页)."""
        return promising.commits(self.of)

    def promised(self) -> list[dict[str, Any]]:
        """What was promised (已承诺的内容)."""
        return promises.promised(self.of)

    def hindrance(self) -> list[dict[str, str]]:
        """What keeps a promise from being sent (承诺的障碍)."""
        return promising.hindrance(self.of)

    def waived(self) -> Mapping[str, str]:
        """Materials that need not be handed in (免交材料), and why."""
        return promising.waived(self.of, today())

    def later_note(self, material: Material) -> str:
        """When a deferred material may follow (容缺说明), or nothing."""
        return promising.later_note(self.of, material)

    def newer(self) -> object:
        """The edition in force, with what carries over (新版指南)."""
        return queries.newer_edition(self.of, today())

    def save(self, values: Mapping[str, object], at: datetime, edition_id: uuid.UUID | None = None) -> Errors:
        """Save answers (保存)."""
        return actions.save(actor=self.actor, case_id=self.id, values=values, at=at, edition_id=edition_id)

    def attach(self, key: str, material_id: uuid.UUID, at: datetime) -> None:
        """Hand in a material (附上)."""
        actions.attach(actor=self.actor, case_id=self.id, key=key, material_id=material_id, at=at)

    def detach(self, key: str, material_id: uuid.UUID) -> None:
        """Take a material out (取下)."""
        actions.detach(actor=self.actor, case_id=self.id, key=key, material_id=material_id)

    def send(self, *, at: datetime, key: str | None, version: int, again: bool) -> None:
        """Submit it, or hand in again (提交)."""
        act = actions.resubmit if again else actions.submit
        act(actor=self.actor, case_id=self.id, at=at, key=key, version=version)

    def discard(self, at: datetime) -> None:
        """Throw the draft away (删除草稿)."""
        actions.discard(actor=self.actor, case_id=self.id, at=at)


@dataclass(frozen=True, slots=True)
class BundleApplication(Application):
    """The cases of a bundle as one (一件事)."""

    bundle: BundleFile | None = None

    @property
    def of(self) -> BundleFile:
        """The bundle (一件事)."""
        assert self.bundle is not None  # noqa: S101 -- of_bundle always gives it
        return self.bundle

    def url(self, page: str, *of: str) -> str:
        """Address of one of its pages (地址)."""
        return reverse(f"bundle-{page}" if page else "bundle", args=[self.id, *of])

    def now(self) -> Application:
        """The same, read anew (重新读取)."""
        return of_bundle(self.actor, self.id)

    def lacks(self, on: date) -> Errors:
        """What is missing (还差什么), of all items, each once."""
        return queries.bundle_lacks(self.of, on)

    def newer(self) -> object:
        """The items whose guides have a newer edition (新版指南)."""
        behind = queries.bundle_behind(self.of, today()) if self.state is State.DRAFT else []
        return {"items": behind} if behind else None

    def save(self, values: Mapping[str, object], at: datetime, edition_id: uuid.UUID | None = None) -> Errors:
        """Save answers (保存), to every item that asks them."""
        return actions.save_bundle(actor=self.actor, bundle_id=self.id, values=values, at=at)

    def attach(self, key: str, material_id: uuid.UUID, at: datetime) -> None:
        """Hand in a material (附上), to every item that wants it."""
        actions.attach_to_bundle(actor=self.actor, bundle_id=self.id, key=key, material_id=material_id, at=at)

    def detach(self, key: str, material_id: uuid.UUID) -> None:
        """Take a material out of all items (取下)."""
        actions.detach_from_bundle(actor=self.actor, bundle_id=self.id, key=key, material_id=material_id)

    def send(self, *, at: datetime, key: str | None, version: int, again: bool) -> None:
        """Submit all items together (一并提交)."""
        actions.submit_bundle(actor=self.actor, bundle_id=self.id, at=at, key=key, version=version)

    def discard(self, at: datetime) -> None:
        """Throw all drafts away (删除草稿)."""
        actions.discard_bundle(actor=self.actor, bundle_id=self.id, at=at)


def of_case(actor: Actor, case_id: uuid.UUID) -> CaseApplication:
    """A case as an application (办件申请)."""
    return application_of(actor, queries.one(actor, case_id))


def application_of(actor: Actor, case: CaseView) -> CaseApplication:
    """The same for a case that was read already (办件申请)."""
    guide = case.edition.guide
    files = tuple(
        Given(
            one.key,
            one.material_id,
            one.file_name,
            one.size,
            one.digest,
            one.attached_at,
            reverse("case-file", args=[case.id, one.material_id]),
        )
        for one in case.attachments
    )
    fixed = queries.fixed(guide.form, party_id=case.party_id, on=today()) if case.state is State.DRAFT else {}
    demands = case.demands() if case.state in (State.SUPPLEMENT, State.RETURNED) else {}
    if case.state is State.SUPPLEMENT:
        attached = {given.key for given in files} | promising.waived(case, today()).keys()
        wanted = open_materials(guide, case.form, attached, demands)
        materials = tuple(material for material in guide.materials if material.key in wanted)
    else:
        materials = guide.materials_for(case.form)
    return CaseApplication(
        actor=actor,
        id=case.id,
        name=guide.name,
        state=case.state,
        version=case.version,
        party_id=case.party_id,
        form=guide.form,
        answers=case.form,
        wanted=guide.materials_for(case.form),
        materials=materials,
        names={material.key: material.name for material in guide.materials},
        files=files,
        receivers=(Receiver(guide.name, case.edition.organ_name, guide.limits.reply_days),),
        demands=demands,
        fixed=fixed,
        asks_delivery=delivering.asked(case),
        edition=str(case.edition.id),
        case=case,
    )


def of_bundle(actor: Actor, bundle_id: uuid.UUID) -> BundleApplication:
    """A bundle as an application (一件事申请)."""
    return application_of_bundle(actor, queries.bundle(actor, bundle_id))


def application_of_bundle(actor: Actor, bundle: BundleFile) -> BundleApplication:
    """The same for a bundle that was read already (一件事申请)."""
    merged, members = bundle.merged, bundle.members
    shorts = [member.short for member in members]
    papers = bundle.papers()
    draft = bundle.number is None
    return BundleApplication(
        actor=actor,
        id=bundle.id,
        name=bundle.name,
        state=State.DRAFT if draft else State.SUBMITTED,
        version=bundle.version,
        party_id=bundle.party_id,
        form=merged.form,
        answers=bundle.answers,
        wanted=tuple(paper.material for paper in papers),
        materials=tuple(paper.material for paper in papers),
        names={key: paper.material.name for key, paper in merged.papers.items()},
        files=tuple(
            Given(
                key,
                one.material_id,
                one.file_name,
                one.size,
                one.digest,
                one.attached_at,
                reverse("case-file", args=[case_id, one.material_id]),
            )
            for key, case_id, one in bundle.given()
        ),
        receivers=tuple(
            Receiver(member.short, member.edition.organ_name, member.edition.guide.limits.reply_days)
            for member in members
        ),
        fixed=queries.fixed(merged.form, party_id=bundle.party_id, on=today()) if draft else {},
        asks={key: tuple(shorts[place] for place in of) for key, of in merged.askers.items()},
        wants={paper.key: tuple(shorts[place] for place in paper.wanted) for paper in papers},
        bundle=bundle,
    )


def with_fixed(application: Application) -> Application:
    """The application with what the platform fixes, as it will be sent (含固定预填)."""
    if not application.fixed:
        return application
    return replace(application, answers={**application.answers, **application.fixed})


View = Callable[..., HttpResponseBase]


def of_one(view: View) -> View:
    """A view of an application (申请页): at the address of a case or of a bundle. A draft of a bundle is only there with the others."""

    @wraps(view)
    def shown(
        request: HttpRequest,
        *args: Any,
        case_id: uuid.UUID | None = None,
        bundle_id: uuid.UUID | None = None,
        **kwargs: Any,
    ) -> HttpResponseBase:
        actor = actor_of(request)
        if bundle_id is not None:
            return view(request, of_bundle(actor, bundle_id), *args, **kwargs)
        case = queries.one(actor, case_id or uuid.UUID(int=0))
        if case.bundle_id is not None and case.state is State.DRAFT:
            return HttpResponseRedirect(reverse("bundle", args=[case.bundle_id]))
        return view(request, application_of(actor, case), *args, **kwargs)

    return shown


def asked_by(shorts: tuple[str, ...], all_of: int) -> str:
    """For which items something is asked (为哪几项), in words; nothing where there is only one."""
    if all_of < 2 or not shorts:
        return ""
    if len(shorts) == all_of:
        return _("各项都要")
    return _("用于%(items)s") % {"items": "、".join(shorts)}
