import csv
from pathlib import Path

import pytest

from tongban.standards.code_lists import CODE_LISTS

CODES = Path(__file__).resolve().parents[4] / "data" / "codes"


@pytest.mark.parametrize("name", ["id_types_zhejiang", "service_object_A4"])
def test_a_list_from_the_shipped_tables_says_what_they_say(name: str):
    with (CODES / f"{name}.csv").open(encoding="utf-8") as file:
        told = tuple((row["code"], row["name"]) for row in csv.DictReader(file))
    assert CODE_LISTS[name].entries == told


def test_a_list_is_known_by_one_id_and_names_its_edition_and_source():
    for name, one in CODE_LISTS.items():
        assert name == one.id
        assert one.title
        assert one.edition.isdecimal()
        assert one.source


def test_no_list_gives_two_labels_to_a_code():
    for one in CODE_LISTS.values():
        codes = [code for code, _label in one.entries]
        assert len(set(codes)) == len(codes)
        assert all(label for _code, label in one.entries)
