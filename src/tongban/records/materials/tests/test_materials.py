"""Materials: kept by their owner, refused where they cannot be shown or are not what they say, read by nobody else."""

import io
import uuid
from pathlib import Path

import pytest
from tests import world as worlds
from tests.world import AT, World

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.errors import Forbidden, Invalid
from tongban.base.files.queries import open_file
from tongban.base.files.tests import samples
from tongban.base.ledger.queries import acts_of
from tongban.records.materials import actions, queries
from tongban.records.materials.access import visible_to
from tongban.records.materials.models import Material
from tongban.records.materials.rules import LARGEST_BYTES, TRUST_LABELS, Trust

OWNER = Actor(ActorKind.PERSON, uuid.UUID(int=1), party_id=uuid.UUID(int=2))
CLERK = Actor(
    ActorKind.STAFF, uuid.UUID(int=3), name="某", posts=frozenset({Post("clerk", uuid.UUID(int=4))})
)
EMPTY = ["", " \u3000 "]
ODD = ["a\0.pdf", "a\n.pdf", "\u202efdp.exe", "\ud800.pdf", "长" * 197 + ".pdf"]


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def keep(
    actor: Actor = OWNER, content: bytes = samples.PDF, name: str = "报告.pdf", title: str = "卫生检测报告"
) -> uuid.UUID:
    return actions.keep(actor=actor, stream=io.BytesIO(content), file_name=name, title=title, at=AT)


def refused(**given: object) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        keep(**given)
    return refusal.value


# ── refused before anything is written ──


@pytest.mark.parametrize("actor", [PUBLIC, CLERK, system("job")], ids=["public", "clerk", "platform"])
def test_who_is_no_party_keeps_nothing(actor: Actor):
    with pytest.raises(Forbidden) as refusal:
        keep(actor)
    assert refusal.value.rule == "materials.owner"


@pytest.mark.parametrize("name", ODD)
def test_a_file_name_that_cannot_be_shown_is_told_at_the_file(name: str):
    refusal = refused(name=name)
    assert (refusal.rule, set(refusal.fields)) == ("materials.file_name", {"file"})


@pytest.mark.parametrize("title", EMPTY + ODD)
def test_a_title_that_cannot_be_shown_is_told_at_the_title(title: str):
    refusal = refused(title=title)
    assert (refusal.rule, set(refusal.fields)) == ("materials.title", {"title"})


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (b"", "a.pdf", "files.empty"),
        (b"hello", "a.pdf", "files.kind"),
        (b"<html><script>", "a.png", "files.kind"),
        (samples.PNG, "a.pdf", "files.not_what_it_says"),
        (samples.PDF, "a.exe", "files.not_what_it_says"),
        (samples.PDF, "noextension", "files.not_what_it_says"),
        (samples.office("word/document.xml", "word/vbaProject.bin"), "a.docx", "files.kind"),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_leaves_no_bytes(
    settings, tmp_path: Path, content: bytes, name: str, rule: str
):
    settings.HOME = tmp_path
    assert refused(content=content, name=name).rule == rule
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_one_byte_too_many_is_refused(settings, tmp_path: Path):
    settings.HOME = tmp_path
    assert refused(content=samples.PDF.ljust(LARGEST_BYTES + 1)).rule == "files.too_large"


def test_nobody_without_a_party_sees_any_material():
    for actor in (PUBLIC, CLERK, system("job")):
        assert list(Material.objects.filter(visible_to(actor))) == []  # the database is not even asked


def test_every_trust_grade_has_words():
    assert set(TRUST_LABELS) == set(Trust)


# ── kept and read ──


def test_a_kept_material_is_its_owners_word_for_word(world: World):
    kept = keep(world.applicant, name=" 报告.PDF ", title="\u3000卫生检测报告")
    view = queries.owned(world.applicant, kept)
    assert (view.title, view.file_name, view.trust) == ("卫生检测报告", "报告.PDF", Trust.OWNER)
    assert (view.size, view.media_type, view.kept_at) == (len(samples.PDF), "application/pdf", AT)
    assert b"".join(open_file(view.digest)) == samples.PDF


def test_the_largest_file_is_kept(world: World):
    kept = keep(world.applicant, content=samples.PDF.ljust(LARGEST_BYTES))
    assert queries.owned(world.applicant, kept).size == LARGEST_BYTES


def test_only_the_owner_reads_it(world: World):
    kept = keep(world.applicant)
    for actor in (world.stranger, world.clerk, world.decider, world.other_clerk, system("job"), PUBLIC):
        assert queries.owned(actor, kept) is None
        assert queries.mine(actor) == []
    assert [view.id for view in queries.mine(world.applicant)] == [kept]


def test_two_people_may_keep_the_same_file_and_each_has_her_own(world: World):
    first, second = keep(world.applicant), keep(world.stranger, name="别的.pdf", title="别的")
    assert first != second
    assert queries.owned(world.applicant, second) is None
    assert queries.owned(world.stranger, first) is None
    assert queries.owned(world.stranger, second).digest == queries.owned(world.applicant, first).digest


def test_ones_own_come_newest_first_and_no_more_than_asked(world: World):
    kept = [keep(world.applicant, title=str(n)) for n in range(4)]
    assert [view.id for view in queries.mine(world.applicant, limit=3)] == kept[:0:-1]


def test_keeping_is_recorded_without_the_name_of_the_file(world: World):
    kept = keep(world.applicant, name="王秀兰的病历.pdf")
    act = acts_of(f"party:{world.applicant.party_id}")[-1]
    assert (act.act, act.data["material"], act.data["size"]) == (
        "materials.keep",
        str(kept),
        len(samples.PDF),
    )
    assert "病历" not in str(act)


def test_an_unknown_id_is_nothing(world: World):
    assert queries.owned(world.applicant, uuid.uuid4()) is None
