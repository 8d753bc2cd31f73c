"""The desk of synonyms: editors keep them, and nobody else; what was typed is never lost."""

import re
from datetime import date

import pytest

from tongban.base.search import queries

LIST = "/catalogue/synonyms"
TYPED = {"words": "饭馆 饭店", "leads": "食品经营许可\n换领、换发", "key": "key-12345678"}


def text_of(response) -> str:
    return response.content.decode()


def test_an_editor_adds_changes_and_ends_a_group_and_sees_who_did(world, as_):
    editor = as_(world.editor)
    made = editor.post(f"{LIST}/new", TYPED)
    assert editor.post(f"{LIST}/new", TYPED)["Location"] == made["Location"]
    url = made["Location"]
    assert "饭馆、饭店" in text_of(editor.get(LIST, {"q": "饭"}))
    assert "饭馆、饭店" not in text_of(editor.get(LIST, {"q": "网吧"}))
    changed = {"words": "餐馆", "leads": "食品经营许可", "version": "1", "key": "key-22345678"}
    assert editor.post(url, changed).status_code == editor.post(url, changed).status_code == 302
    page = text_of(editor.get(url))
    assert "新增" in page
    assert "修改" in page
    assert world.editor.name in page
    assert editor.post(f"{url}/end", {"version": "2", "key": "key-32345678"}).status_code == 302
    assert "餐馆" not in text_of(editor.get(LIST))
    assert "餐馆" in text_of(editor.get(LIST, {"state": "ended"}))
    assert queries.suggest("餐馆", on=date(2026, 11, 2)) == []
    assert "保存" not in re.sub("<title>.*?</title>", "", text_of(editor.get(url))).partition("<main")[2]


def test_what_cannot_be_taken_comes_back_with_all_that_was_typed(world, as_):
    editor = as_(world.editor)
    refused = editor.post(f"{LIST}/new", {"words": "", "leads": "留着的说法"})
    assert refused.status_code == 422
    assert "留着的说法" in text_of(refused)
    assert 'href="#id_words"' in text_of(refused)
    url = editor.post(f"{LIST}/new", TYPED)["Location"]
    stale = editor.post(url, {"words": "新词", "leads": "食品", "version": "7"})
    assert stale.status_code == 409
    assert "新词" in text_of(stale)


@pytest.mark.parametrize("who", ["clerk", "decider"])
def test_other_staff_are_refused_and_strangers_sign_in_first(world, as_, who):
    url = as_(world.editor).post(f"{LIST}/new", TYPED)["Location"]
    for address in (LIST, f"{LIST}/new", url):
        assert as_(getattr(world, who)).get(address).status_code == 403
        assert "/login" in as_(None).get(address)["Location"]
    assert as_(getattr(world, who)).post(f"{url}/end", {"version": "1"}).status_code == 403


def test_garbage_is_answered(world, as_):
    editor = as_(world.editor)
    url = editor.post(f"{LIST}/new", TYPED)["Location"]
    for garbage in (
        {},
        {"words": "\x00", "leads": "\u202e", "version": "9" * 400, "key": "\x00" * 90},
        {"words": "x" * 9000},
    ):
        for address in (f"{LIST}/new", url, f"{url}/end"):
            assert editor.post(address, garbage).status_code in (409, 422)
    for text in ("\x00", "%", "'", "x" * 4000):
        assert editor.get(LIST, {"q": text}).status_code == 200
