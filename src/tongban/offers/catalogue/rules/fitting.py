"""Fitting (随基本目录调整): an organ's guide brought within a standard that changed, losing as little as can be.

What an organ does better stays: shorter limits, fewer materials, more ways to handle. Only what goes beyond the standard
is taken from it. Used where a basic item changes and the editions of all who carry it out are proposed with it.
"""

from collections.abc import Callable, Collection, Mapping

from tongban.offers.catalogue.rules.form import Form, problems
from tongban.offers.catalogue.rules.guide import DecisionRule, Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations

Body = dict[str, object]
Broken = Mapping[str, Collection[str]]  # element -> which of its entries go beyond, '' for the element itself


def fitted(standard: Terms, local: Guide) -> Guide:
    """``local`` within ``standard`` (调整后的指南): no violation of narrowing is left; unchanged where there was none."""
    guide = local
    for fit in (_by_entry, _by_element):
        broken = _broken(standard, guide)
        if not broken:
            break
        guide = fit(standard, guide, broken)
    return guide


def _broken(standard: Terms, local: Guide) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in violations(standard, local):
        element, _, rest = one.path.partition(".")
        found.setdefault(element, set()).add(rest.partition(".")[0])
    return found


def _by_entry(standard: Terms, local: Guide, broken: Broken) -> Guide:
    """Entry by entry, where an element has entries that can be taken or left."""
    body, rule = local.body(), standard.body()
    for element, entries in broken.items():
        fit = _FITS.get(
            element, _entries if isinstance(rule.get(element, body.get(element)), list) else _whole
        )
        kept = fit(element, rule.get(element), body.get(element), entries)
        body[element] = kept if kept or not Terms.model_fields[element].metadata else rule.get(element)
    return _within_itself(standard, body)


def _by_element(standard: Terms, local: Guide, broken: Broken) -> Guide:
    """Whole elements as the standard has them, where entries did not do."""
    body, rule = local.body(), standard.body()
    for element in broken:
        body[element] = rule.get(element)
    return _within_itself(standard, body)


_TOGETHER = ("case_kind", "limits", "materials", "form", "result", "channels")


def _within_itself(standard: Terms, body: Body) -> Guide:
    """A guide whose elements agree with each other: materials and result stand on fields of the form."""
    whole = {name: value for name, value in body.items() if value is not None}
    try:
        return Guide.model_validate(_still_standing(whole))
    except ValueError:
        rule = standard.body()
        together = {name: rule[name] for name in _TOGETHER if name in rule}
        return Guide.model_validate(
            _still_standing({name: v for name, v in whole.items() if name not in _TOGETHER} | together)
        )


def _still_standing(body: Body) -> Body:
    """``body`` with what only an organ says as far as it still stands (仍然成立的承诺和规则): a commitment replaces what is
    still asked; a rule of decision rests on questions that are still there, in an item that is still fully online."""
    kept = dict(body)
    commitment, materials = body.get("commitment"), body.get("materials")
    if isinstance(commitment, dict) and isinstance(materials, list):
        asked = {one["key"] for one in materials}
        kept["commitment"] = commitment | {
            "replaces": [key for key in commitment.get("replaces", []) if key in asked]
        }
    if "rule" in body and not _rule_stands(body):
        del kept["rule"]
    return kept


def _rule_stands(body: Body) -> bool:
    rule, form = DecisionRule.model_validate(body["rule"]), Form.model_validate(body["form"])
    online = _object(body.get("channels")).get("online") == "full"
    return online and not list(problems(rule.when, form.by_key()))


def _whole(element: str, rule: object, said: object, entries: Collection[str]) -> object:
    return rule


# Limits that need not be told: one that is broken is what the standard says of it, or nothing as there.
_OPEN = frozenset({"pre_review_days", "extension_days", "later_days"})


def _shortest(element: str, rule: object, said: object, entries: Collection[str]) -> object:
    """Each limit at most the standard's, and the promise within the law's."""
    known, told = _object(rule), _object(said)
    kept = told | {
        name: _least(name, known, told) if name.endswith("_days") else known[name]
        for name in known
        if name not in _OPEN
    }
    for name in _OPEN & set(entries):
        kept.pop(name, None)
        kept |= {name: known[name]} if name in known else {}
    kept["promised_days"] = min(_number(kept, "promised_days"), _number(kept, "statutory_days"))
    return kept


def _least(name: str, *said: Mapping[str, object]) -> int:
    return min(_number(one, name) for one in said if name in one)


def _number(entry: Mapping[str, object], name: str) -> int:
    found = entry.get(name, 0)
    return found if isinstance(found, int) else 0


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _all_of_both(element: str, rule: object, said: object, entries: Collection[str]) -> object:
    one, two = (value if isinstance(value, list) else [] for value in (said, rule))
    return [*one, *(entry for entry in two if entry not in one)]


# By what an entry is known in the standard; an entry of an element that is not here is a plain text.
_NAMES = {
    "materials": "key",
    "steps": "name",
    "fees": "name",
    "special_procedures": "kind",
    "intermediaries": "name",
}


def _entries(element: str, rule: object, said: object, entries: Collection[str]) -> object:
    """The entries without those that go beyond; where the standard knows one of these, its own in their place."""
    name = _NAMES.get(element, "")
    known = {one[name]: one for one in rule if name in one} if isinstance(rule, list) and name else {}
    kept: list[object] = []
    for place, one in enumerate(said if isinstance(said, list) else []):
        if (one[name] if name == "key" else str(place)) not in entries:
            kept.append(one)
        elif name and one[name] in known:
            wanted = known[one[name]]
            kept.append(wanted | ({"days": _least("days", wanted, one)} if "days" in wanted else {}))
    return kept


Fit = Callable[[str, object, object, Collection[str]], object]
_FITS: Mapping[str, Fit] = {"limits": _shortest, "served": _all_of_both, "basis": _whole}
