"""Staff of a case take it away as one file; who does not see the case does not, and a draft or an unsealed step says why."""

import io
import zipfile

from tests import world as worlds

from tongban.base.ledger import actions as ledger_actions


def test_staff_of_the_case_export_it_and_others_do_not_find_it(world, as_):
    case = worlds.submitted(world)
    address = f"/cases/{case.id}/export"
    early = as_(world.clerk).post(address)
    assert early.status_code == 409
    assert "秒后再导出" in early.content.decode()
    ledger_actions.seal(at=worlds.AT)
    taken = as_(world.clerk).post(address)
    assert taken.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content))) as archive:
        assert archive.testzip() is None
    assert as_(world.other_clerk).post(address).status_code == 404
    assert as_(world.clerk).get(address).status_code == 302
