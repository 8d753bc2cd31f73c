"""A guide as linked data (关联数据): JSON-LD that is at once schema.org GovernmentService and CPSV-AP 3.2 PublicService.

Sources: https://schema.org/GovernmentService; CPSV-AP 3.2.0 with the terms of its published context. The context stands in
the document, so that reading it asks no other host. What neither vocabulary has a place for is a schema:additionalProperty
under the standard's Chinese term, so nothing of a guide is left out. Chinese texts are marked as Chinese. A duration of so
many days means working days; xsd:duration has no word for them, so the rule's description says it. No request.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules import elements
from tongban.offers.catalogue.rules.form import Option
from tongban.offers.catalogue.rules.guide import Attachment, Guide, Material, Window
from tongban.standards.item_codes import ItemType
from tongban.standards.text import Message

CONTEXT: dict[str, object] = {
    "schema": "https://schema.org/",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "@language": "zh",
}

Node = dict[str, Any]


def document(
    edition: EditionView, *, base: str, path: str, above: Sequence[str] = (), below: Sequence[str] = ()
) -> Node:
    """The document of an edition (指南数据文档). ``base``: address of the portal; ``path``: of the guide there.

    ``above``, ``below``: addresses of the main item and of the kinds that this item is made of.
    """
    return _Writer(edition, base, base + path).written(above, below)


def _plain(text: str) -> Node:
    """A code or a digest: text in no language (无语言文本)."""
    return {"@value": text, "@language": None}


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _joined(*parts: str) -> str:
    return "；".join(filter(None, parts))


def _without_empty(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, "", [], (), {})}


class _Writer:
    """Writes the nodes of one edition; each has an address below that of the guide."""

    def __init__(self, edition: EditionView, base: str, home: str) -> None:
        self._edition, self._guide, self._base, self._home = edition, edition.guide, base, home
        self._organ = f"{home}#organ"

    def written(self, above: Sequence[str], below: Sequence[str]) -> Node:
        """The service with everything around it (服务及其关联)."""
        edition, guide = self._edition, self._guide
        service = {
            "@context": CONTEXT,
            "@id": self._home,
            "@type": ["schema:GovernmentService", "cpsv:PublicService"],
            "schema:name": guide.name,
            "dct:title": guide.name,
            "schema:description": self._description(),
            "dct:description": self._description(),
            "schema:url": {"@id": self._home},
            "foaf:page": {"@id": self._home},
            "dct:identifier": _plain(edition.item_code),
            "schema:identifier": [_plain(edition.item_code), _plain(edition.basic_code)],
            "schema:serviceType": ItemType(edition.item_type).label,
            "schema:version": edition.number,
            "schema:validFrom": _typed(edition.starts_on.isoformat(), "date"),
            "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ZHO"},
            "cv:processingTime": _typed(f"P{guide.limits.promised_days}D", "duration"),
            "schema:audience": [{"@type": "schema:Audience", "schema:name": one} for one in guide.served],
            "dct:audience": [{"@type": "foaf:Agent", "dct:title": one} for one in guide.served],
            "cv:hasCompetentAuthority": self._authority(),
            "schema:provider": {"@id": self._organ},
            "schema:areaServed": {"@type": "schema:AdministrativeArea", "schema:name": edition.place_name},
            "dct:spatial": self._place(),
            "cv:holdsRequirement": list(self._requirements()),
            "cpsv:hasInput": [self._evidence(one) for one in guide.materials],
            "cpsv:follows": self._rule(),
            "cv:hasLegalResource": [{"@id": f"{self._home}#law-{n}"} for n, _ in enumerate(guide.basis, 1)],
            "cpsv:produces": self._output(),
            "schema:serviceOutput": {"@id": f"{self._home}#result"},
            "cv:hasCost": list(self._costs()),
            "schema:offers": [self._offer(fee.name, fee.standard) for fee in guide.fees],
            "cv:hasChannel": list(self._channels()),
            "schema:availableChannel": [{"@id": address} for address in self._channel_ids()],
            "cv:contactPoint": list(self._contacts()),
            "schema:termsOfService": _joined(*guide.rights, guide.remedies),
            "dcat:keyword": list(guide.keywords),
            "schema:keywords": list(guide.keywords),
            "cv:isClassifiedBy": [{"@type": "skos:Concept", "skos:prefLabel": one} for one in guide.themes],
            "cv:isGroupedBy": [
                {
                    "@id": f"{self._home}#event-{n}",
                    "@type": "cv:Event",
                    "dct:identifier": _plain(f"event-{n}"),
                    "dct:title": one,
                }
                for n, one in enumerate(guide.life_events, 1)
            ],
            "schema:subjectOf": list(self._questions()),
            "dct:isPartOf": [{"@id": one} for one in above],
            "dct:hasPart": [{"@id": one} for one in below],
            "dct:source": list(guide.sources),
            "schema:additionalProperty": list(self._others()),
        }
        return _without_empty(service)

    def _description(self) -> str:
        return _joined(*self._guide.conditions) or self._guide.name

    def _authority(self) -> Node:
        edition = self._edition
        return {
            "@id": self._organ,
            "@type": ["cv:PublicOrganisation", "schema:GovernmentOrganization"],
            "dct:identifier": _plain(edition.organ_code),
            "skos:prefLabel": edition.organ_name,
            "schema:name": edition.organ_name,
            "dct:spatial": {"@id": f"{self._home}#place"},
        }

    def _place(self) -> Node:
        return {
            "@id": f"{self._home}#place",
            "@type": "dct:Location",
            "dct:identifier": _plain(self._edition.place),
            "skos:prefLabel": self._edition.place_name,
        }

    def _requirements(self) -> Iterable[Node]:
        """Conditions, then what must be handed in, each with its evidence (条件与材料要求)."""
        guide = self._guide
        told = [
            *((f"condition-{n}", text) for n, text in enumerate(guide.conditions, 1)),
            *((f"refusal-{n}", f"不予许可：{text}") for n, text in enumerate(guide.refusal_conditions, 1)),
            *([("quantity", guide.quantity_limit)] if guide.quantity_limit else []),
        ]
        for name, text in told:
            yield self._requirement(name, text)
        for material in guide.materials:
            yield self._requirement(f"need-{material.key}", elements.material_line(material)) | {
                "cv:hasSupportingEvidence": {"@id": f"{self._home}#material-{material.key}"}
            }

    def _requirement(self, name: str, text: str) -> Node:
        return {
            "@id": f"{self._home}#{name}",
            "@type": "cv:Requirement",
            "dct:identifier": _plain(name),
            "dct:title": _filled(text),
            "cv:fulfils": {"@id": f"{self._home}#rule"},
        }

    def _evidence(self, material: Material) -> Node:
        key = material.key
        fields = self._guide.form.by_key()
        when = [
            f"{fields[name].label}：{label}"
            for name, wanted in material.when.items()
            for label in _labels(fields[name].options, wanted)
        ]
        return _without_empty(
            {
                "@id": f"{self._home}#material-{key}",
                "@type": ["cv:Evidence", "schema:DigitalDocument"],
                "dct:identifier": _plain(key),
                "dct:title": material.name,
                "schema:name": material.name,
                "dct:type": {"@type": "skos:Concept", "skos:notation": _plain(material.kind)},
                "dct:description": _joined(
                    _filled(elements.material_line(material)),
                    material.issuer,
                    material.signature,
                    material.notes,
                    *material.review_points,
                    material.basis,
                    *when,
                ),
                "schema:provider": _plain(material.source),
                "foaf:page": [
                    self._file(one) for one in (material.blank, material.sample) if one is not None
                ],
            }
        )

    def _file(self, attachment: Attachment) -> Node:
        address = f"{self._home}/files/{attachment.digest}"
        return {
            "@id": address,
            "@type": ["foaf:Document", "schema:DigitalDocument"],
            "schema:name": attachment.name,
            "schema:contentUrl": {"@id": address},
            "schema:encodingFormat": _plain(attachment.media_type),
            "schema:contentSize": _plain(str(attachment.size)),
            "schema:sha256": _plain(attachment.digest),
        }

    def _rule(self) -> Node:
        """The process as a rule that implements the law (办理规则与依据)."""
        guide = self._guide
        laws = [
            _without_empty(
                {
                    "@id": f"{self._home}#law-{n}",
                    "@type": ["eli:LegalResource", "schema:Legislation"],
                    "dct:title": f"{basis.title} {basis.article}".strip(),
                    "schema:name": basis.title,
                    "schema:legislationIdentifier": basis.article,
                    "schema:text": basis.text,
                }
            )
            for n, basis in enumerate(guide.basis, 1)
        ]
        return {
            "@id": f"{self._home}#rule",
            "@type": ["cpsv:Rule", "schema:HowTo"],
            "dct:identifier": _plain("rule"),
            "dct:title": f"{guide.name} · {elements.TERMS['steps']}",
            "schema:name": f"{guide.name} · {elements.TERMS['steps']}",
            "dct:description": _joined(*_lines(guide, "steps"), *_lines(guide, "limits")),
            "cpsv:implements": laws,
            "schema:step": [
                _without_empty(
                    {
                        "@type": "schema:HowToStep",
                        "schema:position": n,
                        "schema:name": step.name,
                        "schema:text": _joined(step.post, step.what),
                        "schema:timeRequired": _typed(f"P{step.days}D", "duration"),
                    }
                )
                for n, step in enumerate(guide.steps, 1)
            ],
        }

    def _output(self) -> Node:
        result = self._guide.result
        return _without_empty(
            {
                "@id": f"{self._home}#result",
                "@type": ["cv:Output", "schema:GovernmentPermit"],
                "dct:identifier": _plain(result.licence_type),
                "dct:title": result.name,
                "schema:name": result.name,
                "dct:type": {"@type": "skos:Concept", "skos:notation": _plain(result.kind)},
                "dct:description": _joined(*_lines(self._guide, "result")),
                "schema:validFor": result.valid_years and _typed(f"P{result.valid_years}Y", "duration"),
                "schema:issuedBy": {"@id": self._organ},
                "foaf:page": self._file(result.sample) if result.sample else None,
            }
        )

    def _costs(self) -> Iterable[Node]:
        for n, fee in enumerate(self._guide.fees, 1):
            paid = {None: "", True: "可以网上缴", False: "不能网上缴"}[fee.online]
            yield {
                "@id": f"{self._home}#fee-{n}",
                "@type": "cv:Cost",
                "dct:identifier": _plain(f"fee-{n}"),
                "dct:description": _joined(fee.name, fee.standard, fee.reductions, fee.basis, paid),
                "cv:isDefinedBy": {"@id": self._organ},
            }

    def _offer(self, name: str, standard: str) -> Node:
        return {
            "@type": "schema:Offer",
            "schema:name": name,
            "schema:description": standard,
            "schema:priceCurrency": _plain("CNY"),
        }

    def _channel_ids(self) -> list[str]:
        online = [] if self._guide.channels.online == "none" else [f"{self._home}#online"]
        return online + [f"{self._home}#window-{n}" for n, _ in enumerate(self._guide.windows, 1)]

    def _channels(self) -> Iterable[Node]:
        channels = self._guide.channels
        told = _joined(*_lines(self._guide, "channels"))
        if channels.online != "none":
            yield {
                "@id": f"{self._home}#online",
                "@type": ["cv:Channel", "schema:ServiceChannel"],
                "dct:identifier": _plain("online"),
                "dct:description": told,
                "schema:serviceUrl": {"@id": f"{self._base}/apply/{self._edition.item_code}"},
                "cv:ownedBy": {"@id": self._organ},
            }
        for n, window in enumerate(self._guide.windows, 1):
            yield self._window(n, window, told)

    def _window(self, number: int, window: Window, told: str) -> Node:
        place = {
            "@type": ["schema:GovernmentOffice", "locn:Address"],
            "schema:name": window.name,
            "schema:address": window.address,
            "locn:fullAddress": window.address,
            "schema:telephone": window.phone and _plain(window.phone),
            "schema:geo": window.longitude is not None
            and {
                "@type": "schema:GeoCoordinates",
                "schema:longitude": _typed(str(window.longitude), "decimal"),
                "schema:latitude": _typed(str(window.latitude), "decimal"),
            },
        }
        return _without_empty(
            {
                "@id": f"{self._home}#window-{number}",
                "@type": ["cv:Channel", "schema:ServiceChannel"],
                "dct:identifier": _plain(f"window-{number}"),
                "dct:description": _joined(window.name, window.hours, window.transport, told),
                "schema:serviceLocation": {key: value for key, value in place.items() if value},
                "cv:ownedBy": {"@id": self._organ},
            }
        )

    def _contacts(self) -> Iterable[Node]:
        phones = self._guide.phones
        for name, label, number in (
            ("advice", "咨询", phones.advice),
            ("complaint", "投诉", phones.complaint),
        ):
            yield {
                "@id": f"{self._home}#{name}",
                "@type": ["cv:ContactPoint", "schema:ContactPoint"],
                "schema:contactType": label,
                "cv:telephone": _plain(number),
                "schema:telephone": _plain(number),
            }

    def _questions(self) -> Iterable[Node]:
        if self._guide.faq:
            yield {
                "@type": "schema:FAQPage",
                "schema:mainEntity": [
                    {
                        "@type": "schema:Question",
                        "schema:name": one.question,
                        "schema:acceptedAnswer": {"@type": "schema:Answer", "schema:text": one.answer},
                    }
                    for one in self._guide.faq
                ],
            }

    def _others(self) -> Iterable[Node]:
        """Elements that neither vocabulary names (其余要素), by the standard's term."""
        guide = self._guide
        for element in (
            "case_kind",
            "organ_nature",
            "power_source",
            "entrusted_organ",
            "office",
            "joint_organs",
        ):
            for line in _lines(guide, element):
                yield _property(elements.TERMS[element], line)
        for department in guide.departments:
            line = _joined(
                _filled(elements.department_line(department, guide.departments)),
                department.organ,
                department.what,
                *([elements.INSTANCE_LABELS[department.instance]] if department.instance else []),
            )
            yield _property(elements.TERMS["departments"], line)
        for element in ("commitment", "rule"):
            if lines := _lines(guide, element):
                yield _property(elements.TERMS[element], _joined(*lines))
        for one in guide.special_procedures:
            line = _joined(elements.PROCEDURE_LABELS[one.kind], str(one.days), one.what, one.basis)
            yield _property(elements.TERMS["special_procedures"], line)
        for service in guide.intermediaries:
            payer = elements.PAYER_LABELS[service.payer]
            line = _joined(service.name, payer, service.basis, service.notes)
            yield _property(elements.TERMS["intermediaries"], line)
        for section in guide.form.sections:
            for field in section.fields:
                options = " / ".join(option.label for option in field.options)
                line = _joined(section.title, section.intro, field.label, field.help, field.unit, options)
                yield _property(elements.TERMS["form"], line)
        for remark in guide.remarks:
            yield _property(remark.label, remark.text)
        if guide.demonstration:
            yield _property(elements.TERMS["demonstration"], "是")
        yield _property("内容摘要", self._edition.digest)


def _property(name: str, value: str) -> Node:
    return {"@type": "schema:PropertyValue", "schema:name": name, "schema:value": value}


def _filled(line: object) -> str:
    """A marked text with its values in place, in Chinese (填好的文案); any other value as it is written."""
    if not isinstance(line, Message):
        return str(line)
    return str(line) % {name: _filled(value) for name, value in line.params.items()}


def _lines(guide: Guide, element: str) -> list[str]:
    return [_filled(line) for line in elements.lines(guide, element)]


def _labels(options: Iterable[Option], wanted: object) -> list[str]:
    """The labels of the options that a condition names (情形文字), one or several."""
    values = (
        {wanted} if isinstance(wanted, str) else set(wanted) if isinstance(wanted, list | tuple) else set()
    )
    return [option.label for option in options if option.value in values]
