"""Child processes (子进程): started so that none outlives whoever started it, and stopped with patience."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Loaded before any fork: between fork and exec a child must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, notice: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send ``notice`` to this process once the process ``parent`` is gone (随父退出).

    Holds even when the parent was killed with -9. Must come after a change of user, which clears it. Where the
    parent is gone already, this process ends at once. Does nothing outside Linux.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(notice), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | int | None = None,
    given: IO[bytes] | int = subprocess.DEVNULL,
    cwd: Path | None = None,
    user: pwd.struct_passwd | None = None,
    notice: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child (启动) in a session of its own, as ``user`` where given, bound to our life by ``notice``.

    Its own session keeps Ctrl-C away from it: whoever started it stops its children in the right order, and can
    signal child and grandchildren together. ``output`` takes standard output and error, absent: ours;
    ``given`` is its standard input.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 -- the command is a list made by us; no shell reads it
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=given,
        stdout=output,
        stderr=output if output is None else subprocess.STDOUT,
        start_new_session=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=os.getgrouplist(user.pw_name, user.pw_gid) if user else None,
        # Runs after the change of user. Between fork and exec it calls nothing but prctl and getppid.
        preexec_fn=lambda: die_with_parent(parent, notice),  # noqa: PLW1509 -- as said above
    )


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """Whether ``condition`` came true (等待) within ``seconds``; looked at every ``step`` seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(step)
    return True


def stop(child: subprocess.Popen[bytes], patience: float) -> bool:
    """End a child started by :func:`spawn` (停止): asked by SIGTERM, after ``patience`` seconds killed.

    Its grandchildren go with it, also where the child itself is long dead. True where it ended by itself.
    """
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    willing = wait_until(lambda: child.poll() is not None, patience)
    kill_group(child)
    child.wait()
    return willing


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of a child's session (清理进程组): a dead server may leave a worker on its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
