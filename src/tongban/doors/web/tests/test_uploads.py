import gc
import io
import itertools
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from tongban.doors.web.uploads import LimitedUploadHandler

MEBIBYTE = 1024 * 1024
BOUNDARY = "tongban-boundary"


def field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def opening(name: str, filename: str) -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()


def cut_off() -> Iterator[bytes]:
    """What a broken connection sends."""
    raise ConnectionResetError
    yield b""


class LazyBody(io.RawIOBase):
    """A request's body that is made while it is read and never lies in memory as a whole."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while not self._left and (piece := next(self._pieces, b"")):
            self._left = piece
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def post(parts: list[tuple[bytes, int]]) -> WSGIRequest:
    """A request of ``parts``: bytes, and how often they are repeated."""
    parts = [*parts, (f"--{BOUNDARY}--\r\n".encode(), 1)]
    body = LazyBody(piece for piece, times in parts for _ in range(times))
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(sum(len(piece) * times for piece, times in parts)),
            "wsgi.input": io.BufferedReader(body),
        }
    )
    request.upload_handlers = [LimitedUploadHandler(request)]
    return request


@pytest.fixture(autouse=True)
def upload_folder(settings, tmp_path: Path) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_BYTES = 2 * MEBIBYTE
    return tmp_path


def test_a_huge_file_is_cut_off_with_flat_memory_and_the_form_survives(upload_folder: Path) -> None:
    block = b"x" * (64 * 1024)
    request = post(
        [
            (field("holder", "海口龙华理发店"), 1),
            (opening("material", "huge.pdf"), 1),
            (block, 200 * MEBIBYTE // len(block)),
            (b"\r\n", 1),
            (field("address", "滨海大道123号"), 1),
            (opening("photo", "small.pdf") + b"%PDF-1.7\r\n", 1),
        ]
    )
    tracemalloc.start()
    try:
        fields, files = request.POST, request.FILES
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEBIBYTE
    assert fields.dict() == {"holder": "海口龙华理发店", "address": "滨海大道123号"}
    assert files["material"].too_large
    assert files["material"].size == 200 * MEBIBYTE
    assert Path(files["material"].temporary_file_path()).stat().st_size == 2 * MEBIBYTE + 1
    assert not files["photo"].too_large
    assert files["photo"].read() == b"%PDF-1.7"


@pytest.mark.parametrize(("extra", "too_large"), [(-1, False), (0, False), (1, True)])
def test_the_limit_itself_still_fits(extra: int, too_large: bool) -> None:
    content = b"y" * (2 * MEBIBYTE + extra)
    uploaded = post([(opening("material", "a.pdf") + content + b"\r\n", 1)]).FILES["material"]
    assert uploaded.too_large is too_large
    assert uploaded.read() == content


def test_an_empty_file_is_not_too_large() -> None:
    uploaded = post([(opening("material", "a.pdf") + b"\r\n", 1)]).FILES["material"]
    assert (uploaded.size, uploaded.too_large) == (0, False)


def test_temporary_files_go_with_the_request(upload_folder: Path) -> None:
    request = post([(opening("material", "a.pdf") + b"%PDF-1.7\r\n", 1)])
    assert request.FILES["material"].size == 8
    assert len(list(upload_folder.iterdir())) == 1
    request.close()
    assert list(upload_folder.iterdir()) == []


def test_a_body_that_ends_too_soon_leaves_nothing_on_disk(upload_folder: Path) -> None:
    request = post([(opening("material", "a.pdf"), 1), (b"z" * 65536, 40)])
    begun = request.environ["wsgi.input"].read(1024 * 1024)
    request._stream = io.BytesIO(begun)
    assert not request.FILES
    assert list(upload_folder.iterdir()) == []


def test_a_broken_connection_leaves_nothing_on_disk(upload_folder: Path) -> None:
    request = post([(opening("material", "a.pdf"), 1), (b"z" * 65536, 40)])
    begun = request.environ["wsgi.input"].read(1024 * 1024)
    request._stream = io.BufferedReader(LazyBody(itertools.chain([begun], cut_off())))
    try:
        _ = request.POST
    except UnreadablePostError:
        del request  # as the server does after answering
    gc.collect()
    assert list(upload_folder.iterdir()) == []
