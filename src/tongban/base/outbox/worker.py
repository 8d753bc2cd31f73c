"""The worker (后台进程): relays events, runs jobs and timers, on procrastinate over the same PostgreSQL."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from asgiref.sync import sync_to_async
from django.db import OperationalError, close_old_connections, connection
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app as django_app
from procrastinate.types import JSONValue

from tongban.base.outbox import actions

log = logging.getLogger(__name__)

_IDLE_SECONDS = 0.3
_STALLED_CRON = "*/1 * * * *"
_STALLED_SECONDS = 60
# Jobs are safe to run twice; a follow-up must not be given up because the database restarted.
RETRY = RetryStrategy(max_attempts=12, exponential_wait=2)


def _function(path: str) -> Callable[..., None]:
    module, _, name = path.rpartition(".")
    found: Callable[..., None] = getattr(import_module(module), name)
    return found


def register(followups: Mapping[str, Sequence[str]], timers: Mapping[str, str]) -> App:
    """Make every job of the wiring known to procrastinate (任务登记); returns its application."""
    for path in sorted({job for jobs in followups.values() for job in jobs}):
        if path not in django_app.tasks:
            django_app.task(name=path, retry=RETRY, queue="followups")(_function(path))
    for path, cron in timers.items():
        if path not in django_app.tasks:
            task = django_app.task(name=path, queue="timers", queueing_lock=path)(_function(path))
            django_app.periodic(cron=cron)(task)
    if _retry_stalled.__name__ not in django_app.tasks:
        task = django_app.task(name=_retry_stalled.__name__, queue="timers", pass_context=True)(
            _retry_stalled  # type: ignore[arg-type] # procrastinate types a context task as synchronous
        )
        django_app.periodic(cron=_STALLED_CRON)(task)
    return django_app


async def _retry_stalled(context: JobContext, /, timestamp: int) -> None:
    """Give jobs of workers that died back to the queue (失联任务重排): procrastinate finds them, retrying is ours."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        await manager.retry_job(job)


def relay_all(followups: Mapping[str, Sequence[str]]) -> int:
    """Relay until the outbox is empty (清空发件箱); returns how many events were relayed."""

    def defer(job: str, event_id: int, payload: Mapping[str, JSONValue]) -> None:
        django_app.configure_task(job).defer(event_id=event_id, **payload)

    total = 0
    while taken := actions.relay(followups, defer):
        total += taken
    return total


async def _relay_forever(followups: Mapping[str, Sequence[str]]) -> None:
    def once() -> int:
        try:
            return relay_all(followups)
        except OperationalError:
            log.warning("relay: the database does not answer; trying again")
            connection.close()
            return 0
        finally:
            close_old_connections()

    while True:
        await sync_to_async(once)()
        await asyncio.sleep(_IDLE_SECONDS)


def _release(stop: "asyncio.Future[None]") -> None:
    if not stop.done():
        stop.set_result(None)


async def _run(app: App, followups: Mapping[str, Sequence[str]]) -> None:
    async with app.open_async():
        relay = asyncio.create_task(_relay_forever(followups))
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=2, install_signal_handlers=False, fetch_job_polling_interval=1.0)
        )
        loop = asyncio.get_running_loop()
        stop: asyncio.Future[None] = loop.create_future()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: _release(stop))
        done, _ = await asyncio.wait({relay, worker, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in (relay, worker):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for ended in done:
            ended.result()


def run(followups: Mapping[str, Sequence[str]], timers: Mapping[str, str]) -> None:
    """Work until told to stop (运行): SIGTERM and SIGINT let the running jobs end."""
    app = register(followups, timers)
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined] # the Django connector has it
        asyncio.run(_run(working, followups))


def drain(followups: Mapping[str, Sequence[str]], timers: Mapping[str, str]) -> None:
    """Relay and run everything that is due now, then return (一次清空): for commands and tests."""
    app = register(followups, timers)
    with app.replace_connector(app.connector.get_worker_connector()) as opened:  # type: ignore[attr-defined] # the Django connector has it
        while relay_all(followups):
            opened.run_worker(
                wait=False, install_signal_handlers=False, listen_notify=False, queues=["followups"]
            )
