import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from django.db import IntegrityError, transaction

from tongban.base.errors import Invalid, NotFound
from tongban.base.files import actions, queries, rules
from tongban.base.files.models import StoredFile

from . import samples

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """An S3 service in a process of its own, spoken to over HTTP."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/moto-api/", timeout=2).close()  # noqa: S310 -- our own server
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


@pytest.fixture
def local(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.FILES = "local"
    return tmp_path


@pytest.fixture
def bucket(settings, tmp_path: Path, monkeypatch, s3_address: str) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    name = f"files-{tmp_path.name.replace('_', '-').lower()[:40]}".rstrip("-")
    boto3.client("s3", endpoint_url=s3_address).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"}
    )
    settings.HOME = tmp_path
    settings.S3_ENDPOINT = s3_address
    settings.FILES = f"s3://{name}/kept"
    return name


@pytest.fixture(params=["local", "bucket"])
def anywhere(request, db) -> str:
    request.getfixturevalue(request.param)
    return request.param


def store(content: bytes, **changed) -> rules.Stored:
    given = {"limit": 20 * MEBIBYTE, "allowed": rules.MEDIA_TYPES, "at": AT} | changed
    return actions.store(io.BytesIO(content), **given)


def files_under(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


def test_what_was_stored_comes_back_the_same(anywhere: str) -> None:
    stored = store(samples.PDF, name="申请表.pdf")
    assert stored == rules.Stored(hashlib.sha256(samples.PDF).hexdigest(), len(samples.PDF), rules.PDF)
    assert b"".join(queries.open_file(stored.digest)) == samples.PDF
    assert queries.describe(stored.digest) == stored


def test_a_large_file_goes_through_in_parts(anywhere: str) -> None:
    content = samples.PDF + os.urandom(18 * MEBIBYTE)
    chunks = list(queries.open_file(store(content).digest))
    assert len(chunks) > 10
    assert b"".join(chunks) == content


def test_the_same_content_twice_is_kept_once_with_its_first_time(anywhere: str) -> None:
    first = store(samples.PNG, name="a.png")
    assert store(samples.PNG, name="b.PNG", at=AT + timedelta(days=1)) == first
    assert StoredFile.objects.get().stored_at == AT


def test_nothing_is_left_over_beside_what_is_kept(anywhere: str, settings) -> None:
    stored = store(samples.JPEG)
    expected = [stored.digest] if anywhere == "local" else []
    assert [path.name for path in files_under(settings.HOME)] == expected


def test_a_known_file_whose_bytes_are_gone_is_a_fault(anywhere: str) -> None:
    lost = "0" * 64
    StoredFile.objects.create(digest=lost, size=1, media_type=rules.PDF, stored_at=AT)
    with pytest.raises(FileNotFoundError):
        queries.open_file(lost)


@pytest.mark.parametrize(
    ("content", "changed", "rule"),
    [
        (b"", {}, "files.empty"),
        (samples.PDF, {"limit": len(samples.PDF) - 1}, "files.too_large"),
        (b"MZ\x90 program", {"name": "a.pdf"}, "files.kind"),
        (samples.PDF, {"allowed": {rules.PNG, rules.JPEG}}, "files.kind"),
        (samples.PDF, {"name": "photo.jpg"}, "files.not_what_it_says"),
        (samples.PDF, {"name": "photo"}, "files.not_what_it_says"),
        (samples.XLSX, {"name": "table.docx"}, "files.not_what_it_says"),
    ],
)
def test_what_may_not_be_taken_is_refused_at_its_field_and_nothing_is_kept(
    db, local: Path, content: bytes, changed: dict[str, object], rule: str
) -> None:
    with pytest.raises(Invalid) as refused:
        store(content, field="id_card", **changed)
    assert refused.value.rule == rule
    assert list(refused.value.fields) == ["id_card"]
    (text,) = refused.value.fields["id_card"]
    assert "%" not in text % text.params
    assert text % text.params in str(refused.value)
    assert files_under(local) == []
    assert not StoredFile.objects.exists()


def test_a_file_of_exactly_the_limit_is_taken(db, local: Path) -> None:
    assert store(samples.PDF, limit=len(samples.PDF)).size == len(samples.PDF)


def test_reading_stops_soon_after_the_limit(db, local: Path) -> None:
    class Endless:
        handed_out = 0

        def read(self, size: int, /) -> bytes:
            self.handed_out += size
            return bytes(size)

    endless = Endless()
    with pytest.raises(Invalid):
        actions.store(endless, limit=MEBIBYTE, at=AT)
    assert endless.handed_out <= 2 * MEBIBYTE


@pytest.mark.parametrize("made_up", ["../../secret", "0" * 64, "", "A" * 64, "a" * 64 + "/.."])
def test_made_up_digests_lead_nowhere(db, local: Path, made_up: str) -> None:
    for question in (queries.describe, queries.open_file):
        with pytest.raises(NotFound):
            question(made_up)


def test_the_database_refuses_rows_that_name_no_content(db) -> None:
    for broken in ({"digest": "../etc", "size": 1}, {"digest": "0" * 64, "size": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredFile.objects.create(media_type=rules.PDF, stored_at=AT, **broken)


def test_a_bucket_gets_a_large_file_in_several_requests(db, bucket: str, s3_address: str) -> None:
    digest = store(samples.PDF + bytes(18 * MEBIBYTE)).digest
    key = f"kept/{digest[:2]}/{digest[2:4]}/{digest}"
    told = boto3.client("s3", endpoint_url=s3_address).head_object(Bucket=bucket, Key=key)
    assert told["ETag"].strip('"').endswith("-3")  # S3 marks an object put together from three parts


@pytest.mark.django_db(transaction=True)
def test_the_same_content_stored_at_once_by_many_is_kept_once(local: Path) -> None:
    from django.db import connection

    results: list[object] = []

    def act() -> None:
        try:
            results.append(store(samples.PNG))
        except Exception as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1, results
    assert len(files_under(local)) == 1
