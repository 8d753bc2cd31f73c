"""Letters (告知书、决定书): a request for supplement, a decline, a refusal, as the applicant gets them. The same at every door."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import targets
from tongban.work.cases.rules.moves import Verb

Letter = dict[str, object]

LETTERS = frozenset({Verb.REQUEST_SUPPLEMENT, Verb.DECLINE, Verb.REFUSE})


def letter(case: CaseView, verb: Verb, body: Mapping[str, object], on: date | datetime) -> Letter:
    """The letter (文书) that ``body`` of this ``verb`` makes, for the part ``letter``. ``on``: the day that it bears."""
    makers = {Verb.REQUEST_SUPPLEMENT: _supplement, Verb.DECLINE: _decline, Verb.REFUSE: _refusal}
    guide = case.edition.guide
    window = guide.windows[0] if guide.windows else None
    shared: Letter = {
        "number": case.number,
        "to": case.party.name,
        "ask": {
            "name": window.name if window else case.edition.organ_name,
            "phone": guide.phones.advice,
            "place": f"{window.address}；{window.hours}" if window else "",
        },
        "organ": case.edition.organ_name,
        "date": on,
    }
    return shared | makers[verb](case, body)


def _supplement(case: CaseView, body: Mapping[str, object]) -> Letter:
    names = targets(case.edition.guide, case.form)
    demands = body["demands"]
    assert isinstance(demands, list)  # noqa: S101 -- request_supplement and the preview write a list
    return {
        "title": _("补正材料告知书"),
        "opening": _("您申请的%(item)s，还需要补正下面的内容。我们一次全部告诉您，补齐以后不会再要求别的。")
        % {"item": case.edition.guide.name},
        "reasons": [
            {"what": f"{names.get(demand['target'], demand['target'])}：{demand['text']}", "why": ""}
            for demand in demands
        ],
        "todo": [
            _("在网上改好上面列出的内容，再重新提交，不用跑窗口。"),
            _("不想办了，可以撤回申请，以后还能再申请。"),
        ],
        "objection": _(
            "依据是《中华人民共和国行政许可法》第三十二条。认为要求超出办事指南的，可以拨打监督投诉电话 %(phone)s。"
        )
        % {"phone": case.edition.guide.phones.complaint},
    }


def _decline(case: CaseView, body: Mapping[str, object]) -> Letter:
    return {
        "title": _("不予受理决定书"),
        "opening": _("您申请的%(item)s，我们决定不予受理。") % {"item": case.edition.guide.name},
        "reasons": [{"what": body["reason"], "why": body["article"]}],
        "todo": [_("按照原因改好以后，可以重新申请。"), _("不清楚该向哪里申请的，可以打下面的电话问。")],
        "objection": _remedies(),
    }


def _refusal(case: CaseView, body: Mapping[str, object]) -> Letter:
    return {
        "title": _("不予行政许可决定书"),
        "opening": _("您申请的%(item)s，经审查不符合法定的条件，我们决定不予许可。")
        % {"item": case.edition.guide.name},
        "reasons": [{"what": body["reason"], "why": body["article"]}],
        "todo": [_("按照原因改好以后，可以重新申请。")],
        "objection": _remedies(),
    }


def _remedies() -> str:
    return _(
        "对这个决定不服的，可以自知道之日起六十日内申请行政复议（行政复议法第二十条），"
        "或者自知道之日起六个月内向人民法院提起行政诉讼（行政诉讼法第四十六条）。"
    )
