"""Signing at the workbench: the PIN at the act, nothing lost on a wrong one, and evidence that a stranger can check."""

import re
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import signed
from tests import world as worlds

from tongban.base.ledger import queries as ledger
from tongban.doors.workbench.tests.test_acts import WHY, hidden
from tongban.people.certificates import queries as certificates
from tongban.people.certificates.rules.profiles import Algorithm
from tongban.people.certificates.tests.service import PIN
from tongban.work.cases import queries
from tongban.work.cases.rules.moves import State, Verb

NOTE = "符合条件，准予许可。"


@pytest.fixture
def held(world):
    """The people of the world hold certificates; at the doors they unlock them by themselves."""
    return signed.build(Algorithm.P256, world).held


def last_of(case_id):
    return ledger.acts_of(f"case:{case_id}")[-1]


def opened(client, case_id, verb, **typed):
    """(address, what the form would send) of an act's page."""
    url = f"/cases/{case_id}/{verb}"
    page = client.get(url)
    assert page.status_code == 200
    return url, hidden(page.content.decode(), url) | typed, page.content.decode()


def test_a_decision_is_signed_with_the_pin_and_the_time_line_hands_out_the_evidence(
    world, held, as_, tmp_path
):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, page = opened(client, case.id, Verb.GRANT, note=NOTE)
    assert 'name="pin"' in page
    assert "要签名" in page
    assert client.post(url, sent | {"pin": PIN}).status_code == 302
    assert client.post(url, sent | {"pin": PIN}).status_code == 302, "a second press is answered as the first"
    act = last_of(case.id)
    assert (act.act, bool(act.signature)) == ("cases.grant", True)
    page = client.get(f"/cases/{case.id}").content.decode()
    assert "已签名" in page
    address = re.search(rf'href="(/cases/{case.id}/acts/{act.seq})\.p7s"', page)[1]
    evidence, content, root = tmp_path / "act.p7s", tmp_path / "act.json", tmp_path / "root.pem"
    evidence.write_bytes(client.get(f"{address}.p7s").content)
    content.write_bytes(client.get(f"{address}.json").content)
    root.write_bytes(b"".join(found.pem for found in certificates.roots()))
    words = f"openssl cms -verify -binary -inform DER -in {evidence} -content {content} -CAfile {root} -purpose any -out /dev/null"
    accepted = subprocess.run(words.split(), capture_output=True, text=True, check=False)
    assert accepted.returncode == 0, accepted.stderr
    assert b'"act":"cases.grant"' in content.read_bytes()


def test_a_wrong_pin_loses_nothing_and_shows_itself_nowhere(world, held, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, _ = opened(client, case.id, Verb.GRANT, note=NOTE)
    answer = client.post(url, sent | {"pin": "wrong-pin-1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "证书口令不对" in page
    assert 'id="id_pin-error"' in page
    assert NOTE in page
    assert "wrong-pin-1" not in page
    assert queries.one(world.decider, case.id).state is State.EXAMINED
    assert client.post(url, hidden(page, url) | {"note": NOTE, "pin": PIN}).status_code == 302
    assert last_of(case.id).signature


def test_a_decision_about_a_licence_without_the_pin_is_refused_at_the_field(world, held, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, _ = opened(client, case.id, Verb.GRANT, note=NOTE)
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "请输入证书口令" in answer.content.decode()
    assert NOTE in answer.content.decode()
    assert queries.one(world.decider, case.id).state is State.EXAMINED


def test_whoever_has_no_certificate_is_asked_for_none(world, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, page = opened(client, case.id, Verb.GRANT, note=NOTE)
    assert 'name="pin"' not in page
    assert client.post(url, sent).status_code == 302
    assert not last_of(case.id).signature
    assert "已签名" not in client.get(f"/cases/{case.id}").content.decode()


def test_an_opinion_may_be_signed_or_not(world, held, as_):
    client = as_(world.reviewer)
    for pin, with_signature in (("", False), (PIN, True)):
        case = worlds.accepted(world)
        url, sent, page = opened(client, case.id, Verb.EXAMINE, opinion="同意。")
        assert "不签名就空着" in page
        assert client.post(url, sent | {"pin": pin}).status_code == 302
        assert bool(last_of(case.id).signature) is with_signature


def test_of_a_letter_the_pin_is_asked_where_it_is_sent_and_a_wrong_one_stays_there(world, held, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, page = opened(client, case.id, Verb.REFUSE, **WHY)
    assert 'name="pin"' not in page
    preview = client.post(url, sent | {"preview": "1"}).content.decode()
    assert 'name="pin"' in preview
    confirm = hidden(preview, url) | WHY
    answer = client.post(url, confirm | {"pin": "wrong-pin-2"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "证书口令不对" in page
    assert "不予行政许可决定书" in page or "不予许可" in page
    assert WHY["reason"] in page
    assert "wrong-pin-2" not in page
    assert client.post(url, hidden(page, url) | WHY | {"pin": PIN}).status_code == 302
    assert (last_of(case.id).act, bool(last_of(case.id).signature)) == ("cases.refuse", True)


def test_after_five_wrong_pins_the_next_waits_and_says_so_at_the_field(world, held, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, _ = opened(client, case.id, Verb.GRANT, note=NOTE)
    for number in range(5):
        assert client.post(url, sent | {"pin": f"guess-{number}"}).status_code == 422
    answer = client.post(url, sent | {"pin": PIN})
    assert answer.status_code == 422
    assert "请稍等几分钟再试" in answer.content.decode()
    assert 'id="id_pin-error"' in answer.content.decode()
    assert queries.one(world.decider, case.id).state is State.EXAMINED


def test_a_colleagues_certificate_signs_nothing(world, held, as_):
    case, client = worlds.examined(world), as_(world.decider)
    url, sent, _ = opened(client, case.id, Verb.GRANT, note=NOTE)
    for certificate in (str(held["clerk"]), "nonsense"):
        answer = client.post(url, sent | {"pin": PIN, "certificate": certificate})
        assert answer.status_code == 422
        assert "没有找到可用的证书" in answer.content.decode()


def test_an_application_is_accepted_with_a_signature_from_its_own_page(world, held, as_):
    case, client = worlds.submitted(world), as_(world.clerk)
    assert "用证书签名受理" in client.get(f"/cases/{case.id}").content.decode()
    url, sent, page = opened(client, case.id, Verb.ACCEPT)
    assert 'name="pin"' in page
    assert client.post(url, sent | {"pin": PIN}).status_code == 302
    assert (last_of(case.id).act, bool(last_of(case.id).signature)) == ("cases.accept", True)


def counted_in(client, world) -> str:
    """A case that the clerk's own counter took in, up to its last page; returns its address."""
    start = f"/counter/items/{worlds.BASIC_CODE}"
    person = "46010619900101212"
    typed = {
        "item": world.item_code,
        "name": "王秀兰",
        "id_number": person + worlds.mod11_2(person),
        "present": "self",
        "present_seen": "id_card",
    }
    base = client.post(start, typed)["Location"].removesuffix("/form")
    client.post(f"{base}/form", {f"f_{key}": str(value) for key, value in worlds.FORM.items()})
    for key in ("report", "lease"):
        file = SimpleUploadedFile("报告.pdf", worlds.PDF, content_type="application/pdf")
        client.post(f"{base}/materials/{key}", {f"m_{key}": file, "checked": "on"})
    return base


def test_what_is_submitted_at_the_counter_is_signed_by_the_clerk(world, held, as_):
    client = as_(world.clerk)
    base = counted_in(client, world)
    page = client.get(f"{base}/check").content.decode()
    sent = hidden(page, f"{base}/check") | {"submit": "1"}
    assert 'name="pin"' in page
    wrong = client.post(f"{base}/check", sent | {"pin": "wrong-pin-1"})
    assert wrong.status_code == 422
    assert "证书口令不对" in wrong.content.decode()
    assert "wrong-pin-1" not in wrong.content.decode()
    assert client.post(f"{base}/check", sent | {"pin": PIN})["Location"] == f"{base}/receipt"
    act = last_of(base.removeprefix("/counter/"))
    assert (act.act, bool(act.signature)) == ("cases.submit", True)
    assert act.data["present"]["seen"] == "id_card"


def test_many_are_accepted_with_one_pin_and_each_is_signed(world, held, as_):
    client = as_(world.clerk)
    cases = [str(worlds.submitted(world).id) for _ in range(2)]
    assert 'name="pin"' in client.get("/accept").content.decode()
    wrong = client.post("/accept", {"cases": cases, "pin": "wrong-pin-1", "key": "key-00001"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count(" checked") == 2
    assert client.post("/accept", {"cases": cases, "pin": PIN, "key": "key-00002"}).status_code == 200
    for case_id in cases:
        act = last_of(case_id)
        assert (act.act, bool(act.signature)) == ("cases.accept", True)


def test_whoever_has_no_certificate_is_not_asked_for_a_pin(world, as_):
    client = as_(world.clerk)
    base = counted_in(client, world)
    assert 'name="pin"' not in client.get(f"{base}/check").content.decode()
    assert 'name="pin"' not in client.get("/accept").content.decode()
