"""The worker (后台进程): relays events, runs jobs and timers, on procrastinate over the same PostgreSQL."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
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
_FOLLOWUPS, _TIMERS = "followups", "timers"
# Jobs are safe to run twice; a follow-up must not be given up because the database restarted.
RETRY = RetryStrategy(max_attempts=12, exponential_wait=2)


def _function(path: str) -> Callable[..., None]:
    """The job at ``path``, leaving no connection behind: the next run must not meet one that a restart has cut."""
    module, _, name = path.rpartition(".")
    found: Callable[..., None] = getattr(import_module(module), name)

    @wraps(found)
    def job(*args: object, **kwargs: object) -> None:
        try:
            found(*args, **kwargs)
        except Exception:
            # The library speaks up only once it gives up, hours later.
            log.exception("%s failed on %s", path, kwargs.get("event_id", "its timer"))
            raise
        finally:
            connection.close()

    return job


def _application(followups: Mapping[str, Sequence[str]], timers: Mapping[str, str]) -> App:
    """The worker's own procrastinate application (任务登记), knowing every job of the wiring.

    It has connections of its own; the relay enqueues through Django's, inside the relay's transaction.
    """
    app = App(connector=django_app.connector.get_worker_connector())  # type: ignore[attr-defined] # the Django connector has it
    for path in sorted({job for jobs in followups.values() for job in jobs}):
        app.task(name=path, retry=RETRY, queue=_FOLLOWUPS)(_function(path))
    for path, cron in timers.items():
        app.periodic(cron=cron)(app.task(name=path, queue=_TIMERS, queueing_lock=path)(_function(path)))
    stalled = app.task(name="tongban.base.outbox.retry_stalled", queue=_TIMERS, pass_context=True)(
        _retry_stalled
    )
    app.periodic(cron=_STALLED_CRON)(stalled)
    return app


async def _retry_stalled(context: JobContext, /, timestamp: int) -> None:
    """Give jobs of workers that died back to the queue (失联任务重排): procrastinate finds them, retrying is ours."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        await manager.retry_job(job)


def relay_all(followups: Mapping[str, Sequence[str]]) -> int:
    """Relay until the outbox is empty (清空发件箱); returns how many events were relayed."""

    def defer(job: str, event_id: int, payload: Mapping[str, JSONValue]) -> None:
        django_app.configure_task(job, allow_unknown=True, queue=_FOLLOWUPS).defer(
            event_id=event_id, **payload
        )

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
            app.run_worker_async(
                concurrency=2,
                install_signal_handlers=False,
                fetch_job_polling_interval=1.0,
                delete_jobs="successful",  # the ledger tells what was done; the queue holds what is still to do, and what failed
            )
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
    asyncio.run(_run(_application(followups, timers), followups))


def drain(followups: Mapping[str, Sequence[str]], timers: Mapping[str, str]) -> None:
    """Relay and run every follow-up that is due now, then return (一次清空): for commands and tests."""

    async def work() -> None:
        app = _application(followups, timers)
        async with app.open_async():
            await app.run_worker_async(
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                queues=[_FOLLOWUPS],
                delete_jobs="successful",
            )

    while relay_all(followups):
        asyncio.run(work())
