"""The guide as linked data, read by a processor that is not ours: both vocabularies, nothing lost, no host asked."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pyld import jsonld
from tests import full_guide
from tests.world import World

from tongban.base.actor import Actor

Browser = Callable[[Actor | None], Client]
Node = dict[str, Any]

SCHEMA, CPSV, CV, DCT = (
    "https://schema.org/",
    "http://purl.org/vocab/cpsv#",
    "http://data.europa.eu/m8g/",
    "http://purl.org/dc/terms/",
)
SKOS = "http://www.w3.org/2004/02/skos/core#"
# Shapes: what CPSV-AP 3.2.0 demands of each class that is used (minimum cardinality 1).
SHAPES = {
    f"{CPSV}PublicService": [
        f"{DCT}identifier",
        f"{DCT}title",
        f"{DCT}description",
        f"{CV}hasCompetentAuthority",
    ],
    f"{CV}PublicOrganisation": [f"{SKOS}prefLabel", f"{DCT}spatial"],
    f"{CPSV}Rule": [f"{DCT}identifier", f"{DCT}title", f"{DCT}description"],
    f"{CV}Requirement": [f"{DCT}identifier", f"{DCT}title"],
    f"{CV}Evidence": [f"{DCT}identifier", f"{DCT}title"],
    f"{CV}Output": [f"{DCT}identifier", f"{DCT}title"],
    f"{CV}Cost": [f"{DCT}identifier"],
    f"{CV}Channel": [f"{DCT}identifier"],
    f"{CV}Event": [f"{DCT}identifier", f"{DCT}title"],
    f"{CV}ContactPoint": [f"{CV}telephone"],
    f"{SCHEMA}GovernmentService": [
        f"{SCHEMA}{name}" for name in ("name", "provider", "serviceType", "areaServed")
    ],
    f"{SCHEMA}GovernmentPermit": [f"{SCHEMA}name", f"{SCHEMA}issuedBy"],
}  # fmt: skip -- a class a line


def _no_network(url: str, _options: object) -> None:
    raise AssertionError(f"the document asks {url}")


@pytest.fixture
def expanded(world: World, browser: Browser) -> list[Node]:
    full_guide.publish(world, timezone.localdate() - timedelta(days=1))
    answer = browser(None).get(f"/items/{world.item_code}.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    return jsonld.expand(json.loads(answer.content), {"documentLoader": _no_network})


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, dict):
        if "@value" not in value:
            yield value
        for part in value.values():
            yield from _nodes(part)


def test_every_class_has_what_its_vocabulary_demands(expanded: list[Node]):
    seen = set()
    for node in _nodes(expanded):
        for kind in node.get("@type", []):
            seen.add(kind)
            missing = [term for term in SHAPES.get(kind, []) if not node.get(term)]
            assert missing == [], (kind, node.get("@id"))
    assert set(SHAPES) <= seen


def test_every_term_is_an_address_and_every_reference_finds_its_node(expanded: list[Node]):
    nodes = list(_nodes(expanded))
    home = expanded[0]["@id"]
    described = {node["@id"] for node in nodes if "@id" in node and len(node) > 1}
    for node in nodes:
        assert all(name.startswith(("http", "@")) for name in node)
        if node.get("@id", "").startswith(f"{home}#"):
            assert node["@id"] in described, node


def test_no_property_is_dropped_by_an_independent_reader(
    expanded: list[Node], world: World, browser: Browser
):
    told = json.loads(browser(None).get(f"/items/{world.item_code}.jsonld").content)
    context = told.pop("@context")
    back = jsonld.compact(expanded, context, {"documentLoader": _no_network})
    for name in told:
        assert name in back, name


def test_a_condition_of_a_material_and_its_files_are_linked(expanded: list[Node]):
    service = expanded[0]
    evidence = {node["@id"].rpartition("#")[2]: node for node in service[f"{CPSV}hasInput"]}
    assert set(evidence) == {"material-form", "material-lease", "material-plan"}
    pages = evidence["material-form"]["http://xmlns.com/foaf/0.1/page"]
    assert [page["@id"].rpartition("/")[2] for page in pages] == [
        file.digest for file in full_guide.names(full_guide.full_guide())[:2]
    ]
    assert service["@id"].startswith(settings.PUBLIC_URL)


def test_a_chinese_text_says_that_it_is_chinese_and_a_code_does_not(expanded: list[Node]):
    service = expanded[0]
    assert service[f"{DCT}title"][0]["@language"] == "zh"
    assert "@language" not in service[f"{DCT}identifier"][0]


def test_the_data_is_told_unchanged_until_its_edition_changes(world: World, browser: Browser):
    client, address = browser(None), f"/items/{world.item_code}.jsonld"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    full_guide.publish(world, timezone.localdate() - timedelta(days=1))
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_page_leads_to_its_data(world: World, browser: Browser):
    page = browser(None).get(f"/items/{world.item_code}").content.decode()
    assert f'<link rel="alternate" type="application/ld+json" href="/items/{world.item_code}.jsonld">' in page
