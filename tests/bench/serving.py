"""Serving (服务): the doors as ``tongban run`` starts them, and a client light enough not to be what is measured."""

import os
import re
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tongban import serve
from tongban.base.processes import spawn, stop, wait_until


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((serve.LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def door(name: str) -> Iterator[tuple[int, int]]:
    """(port, process id) of one door (开一个入口), served by the very command that production uses."""
    ports = {each: _free_port() for each in serve.DOORS}
    part = next(part for part in serve._parts(ports) if part.name == name)
    part.child = spawn(part.command, env={**os.environ, **part.env}, output=subprocess.DEVNULL)
    try:
        if not wait_until(part.healthy, serve.READY_PATIENCE, 0.1):
            raise RuntimeError(f"{name} did not start")
        yield ports[name], part.child.pid
    finally:
        stop(part.child, serve.STOP_PATIENCE)


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire (请求)."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def asked(port: int, requests: Iterable[bytes]) -> Iterator[None]:
    """Send ``requests`` one after another over one kept connection (逐个请求); anything but 200 is a failure."""
    with socket.create_connection((serve.LOOPBACK, port), timeout=30) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in requests:
            wire.sendall(each)
            status, content = _answer(wire)
            if status != b"200":
                raise RuntimeError(f"{status.decode()} {content[:300].decode(errors='replace')}")
            yield


_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.I)
_LAST_CHUNK = b"\r\n0\r\n\r\n"


def _answer(wire: socket.socket) -> tuple[bytes, bytes]:
    """(status, content) of one answer; content in chunks is read to its end and left as it came."""
    got = bytearray()
    end = -1
    while end < 0:
        got += _piece(wire)
        end = got.find(b"\r\n\r\n")
    length = _LENGTH.search(got, 0, end)
    if length is None:
        while not got.endswith(_LAST_CHUNK):
            got += _piece(wire)
    else:
        whole = end + 4 + int(length[1])
        while len(got) < whole:
            got += _piece(wire)
    return bytes(got[9:12]), bytes(got[end + 4 :])


def _piece(wire: socket.socket) -> bytes:
    piece = wire.recv(262144)
    if not piece:
        raise RuntimeError("the server hung up")
    return piece
