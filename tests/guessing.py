"""Guessing at passwords, at full size (猜密码): ``python -m tests.guessing``.

A running installation of its own (real doors over HTTP, real argon2) under two attacks at once: ``--guesses`` passwords against one
account from ``--addresses`` addresses, and one password against as many accounts. Meanwhile the owner signs in from her own device
and from a new one, and somebody reads pages. Printed: who got in, what was refused how, how long the owner waited, and how fast other
pages were. Exit code 1 where a guess got in or the owner was kept out.

The door believes the address of whoever connects. Attackers therefore connect from loopback's own 127.0.0.0/8, all of whose addresses
are this machine.
"""

import argparse
import http.client
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from tests.journeys.running import Running, running

from tongban.demo.accounts import PASSWORD
from tongban.people.identity.rules.brakes import FREE_OF_LOGIN

OWNER = "lin"
PATIENCE = 30.0
BOUND = 60.0 + 15.0  # seconds within which a new device is looked at, and a few for the server under load


class Browser:
    """A browser at an address (浏览器): keeps cookies, sends forms."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        body = urlencode(form) if form is not None else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        for again in (True, False):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
                )
            try:
                self._connection.request(method, path, body=body, headers=headers)
                answer = self._connection.getresponse()
                text = answer.read().decode(errors="replace")
                break
            except (OSError, http.client.HTTPException):
                self._connection = None
                if not again:
                    raise
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def token(self) -> str:
        """The form's token of the sign-in page, which is fetched once and used for all guesses, as an attacker would."""
        _status, page = self.ask("GET", "/login")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise RuntimeError(page[:200])
        return found[1]

    def sign_in(self, token: str, login: str, password: str) -> tuple[int, str]:
        return self.ask(
            "POST", "/login", {"csrfmiddlewaretoken": token, "login": login, "password": password}
        )


def address_of(number: int) -> str:
    """One of the attackers' addresses."""
    return f"127.{1 + number // 62500 % 200}.{number // 250 % 250}.{1 + number % 250}"


class Attack:
    """Both attacks (攻击), by several threads; what came of each guess is counted."""

    def __init__(self, port: int, guesses: int, addresses: int, workers: int) -> None:
        self.port, self.guesses, self.addresses, self.workers = port, guesses, addresses, workers
        self.seen: Counter[tuple[str, str]] = Counter()
        self._next = 0
        self._lock = threading.Lock()
        self.stopped = threading.Event()

    def _take(self) -> int | None:
        with self._lock:
            if self._next >= 2 * self.guesses or self.stopped.is_set():
                return None
            self._next += 1
            return self._next - 1

    def done(self) -> int:
        """How many guesses were made."""
        return sum(self.seen.values())

    def _work(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- which address guesses next is no secret
        browsers: dict[int, tuple[Browser, str]] = {}
        while (number := self._take()) is not None:
            place = chance.randrange(self.addresses)
            if place not in browsers:
                if len(browsers) > 20:
                    browsers.pop(next(iter(browsers)))
                browser = Browser(self.port, address_of(place))
                browsers[place] = (browser, browser.token())
            browser, token = browsers[place]
            one = number % 2 == 0
            login = OWNER if one else f"account{number // 2:06d}"
            password = f"guess-{number:06d}" if one else "Password2026"
            try:
                status, page = browser.sign_in(token, login, password)
            except (OSError, http.client.HTTPException) as error:
                self.seen["one" if one else "many", f"no answer: {type(error).__name__}"] += 1
                browsers.pop(place, None)
                continue
            self.seen["one" if one else "many", told(status, page)] += 1

    def run(self) -> list[threading.Thread]:
        """Begin; returns the threads."""
        threads = [
            threading.Thread(target=self._work, args=(seed,), daemon=True) for seed in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        return threads


def told(status: int, page: str) -> str:
    """What the door said of a sign-in."""
    if status == 302:
        return "IN"
    if "试错的次数太多" in page or "Too many wrong" in page:
        return "waits"
    if "登录名或密码不对" in page or "is wrong" in page or "not right" in page:
        return "looked at, wrong"
    if "现在登录的人太多" in page or "Too many people" in page:
        return "busy"
    return f"status {status}"


class Owner:
    """The owner (账号的主人): on the device she used before, and again and again on a new one at an address of her own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.known = Browser(port, "127.0.0.2")
        status, _page = self.known.sign_in(self.known.token(), OWNER, PASSWORD)
        if status != 302:
            raise RuntimeError(f"the owner does not get in before the attack: {status}")
        self.known_times: list[float] = []
        self.new_times: list[float] = []
        self.failed: list[str] = []

    def _attempt(self, browser: Browser) -> float:
        begun = time.monotonic()
        while time.monotonic() - begun < 5 * BOUND:
            status, page = browser.sign_in(browser.token(), OWNER, PASSWORD)
            if status == 302:
                return time.monotonic() - begun
            wait = re.search(r"([0-9]+) ?(?:秒|seconds)", page)
            time.sleep(min(60.0, float(wait[1])) if wait else 1.0)
        return float("inf")

    def on_known_device(self) -> None:
        """Sign in on the device that is known, with nothing left of the session before but its mark."""
        kept = {name: value for name, value in self.known.cookies.items() if name.endswith("_browser")}
        self.known.cookies = kept
        self.known_times.append(self._attempt(self.known))

    def on_new_device(self, number: int) -> None:
        """Sign in on a device that nobody ever saw."""
        self.new_times.append(
            self._attempt(Browser(self.port, f"127.250.{number // 250}.{1 + number % 250}"))
        )


def read_pages(port: int, stopped: threading.Event, times: list[float], bad: Counter[int]) -> None:
    """Somebody reads pages all the while."""
    browser = Browser(port, "127.0.0.3")
    pages = ("/", "/search?q=%E5%BC%80%E7%90%86%E5%8F%91%E5%BA%97", "/bundles", "/login")
    while not stopped.is_set():
        for page in pages:
            begun = time.monotonic()
            try:
                status, _text = browser.ask("GET", page)
            except (OSError, http.client.HTTPException):
                status = 0
            times.append(time.monotonic() - begun)
            if status != 200:
                bad[status] += 1
            time.sleep(0.05)


def p95(times: list[float]) -> float:
    """The 95th of a hundred, in milliseconds."""
    return 1000 * statistics.quantiles(times, n=20)[18] if len(times) > 1 else 1000 * sum(times)


def _on_new_devices(owner: Owner, attackers: Attack, threads: list[threading.Thread]) -> None:
    """Two new devices, once the login is guessed at so much that strangers wait (else the bound would not be looked at)."""
    while attackers.seen["one", "looked at, wrong"] < FREE_OF_LOGIN and any(
        one.is_alive() for one in threads
    ):
        time.sleep(0.2)
    for number in range(2):
        owner.on_new_device(number)


def attack(here: Running, guesses: int, addresses: int, workers: int) -> int:
    """Run both attacks against an installation, print what came of it, and return the exit code."""
    port = here.ports["portal"]
    owner = Owner(port)
    quiet: list[float] = []
    bad: Counter[int] = Counter()
    pause = threading.Event()
    reader = threading.Thread(target=read_pages, args=(port, pause, quiet, bad), daemon=True)
    reader.start()
    time.sleep(3)
    pause.set()
    reader.join()
    under: list[float] = []
    over = threading.Event()
    reader = threading.Thread(target=read_pages, args=(port, over, under, bad), daemon=True)
    begun = time.monotonic()
    attackers = Attack(port, guesses, addresses, workers)
    threads = attackers.run()
    reader.start()
    new = threading.Thread(target=_on_new_devices, args=(owner, attackers, threads), daemon=True)
    new.start()
    while any(thread.is_alive() for thread in threads):
        owner.on_known_device()
        print(f"  {attackers.done()} of {2 * guesses} guesses, {time.monotonic() - begun:.0f} s", flush=True)
        time.sleep(5)
    took = time.monotonic() - begun
    new.join(6 * BOUND)
    over.set()
    reader.join()
    for kind, title in (("one", "one account, many passwords"), ("many", "many accounts, one password")):
        counted = {said: number for (of, said), number in sorted(attackers.seen.items()) if of == kind}
        print(f"{title}: {counted}")
    inside = sum(number for (_of, said), number in attackers.seen.items() if said == "IN")
    print(
        f"{2 * guesses} guesses from {addresses} addresses in {took:.0f} s ({2 * guesses / took:.0f}/s); got in: {inside}"
    )
    print(
        f"the owner, known device: {len(owner.known_times)} sign-ins, slowest {max(owner.known_times):.2f} s"
    )
    print("the owner, new devices: " + ", ".join(f"{seconds:.1f} s" for seconds in owner.new_times))
    print(
        f"other pages: p95 {p95(quiet):.0f} ms before, {p95(under):.0f} ms during ({len(under)} pages); not 200: {dict(bad)}"
    )
    good = (
        inside == 0
        and max(owner.known_times) < 10
        and len(owner.new_times) == 2
        and max(owner.new_times) <= BOUND
        and not bad
    )
    print("held" if good else "FAILED")
    return 0 if good else 1


def main() -> int:
    """The command (命令)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--addresses", type=int, default=100)
    parser.add_argument("--workers", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, running(Path(folder) / "home") as here:
        return attack(here, given.guesses, given.addresses, given.workers)


if __name__ == "__main__":
    sys.exit(main())
