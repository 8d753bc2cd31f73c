"""A browser without a window (无窗浏览器): follows the pages of a door over HTTP, pressing what a person would press."""

import html
import re
from collections.abc import Callable
from urllib.parse import urljoin

import requests

_FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", re.S)
_HIDDEN = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
_REFRESH = re.compile(r"http-equiv=\"refresh\" content=\"0;url=([^\"]+)\"")
_ACTION = re.compile(r"action=\"([^\"]+)\"")


class Browser:
    """A browser of one person (某人的浏览器). ``answers``: what she enters on a page whose form leads to an address."""

    def __init__(self, answers: dict[str, Callable[[], dict[str, str]]]) -> None:
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "zh-CN"
        self.answers = answers
        self.pressed: list[str] = []

    def post(self, page: str, address: str, **typed: str) -> requests.Response:
        """Fill in the form of a page that leads to ``address``, and press its button."""
        form = next((one for one in _FORM.findall(page) if address in one), page)
        sent = {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(form)} | typed
        return self.session.post(urljoin(self.here, address), sent, allow_redirects=False)

    def go(self, address: str, until: str) -> str:
        """Open an address and do what the pages ask, until one leads to a place that begins with ``until``."""
        answer = self._get(address)
        for _ in range(15):
            onward = answer.headers.get("Location") or html.unescape(
                (_REFRESH.findall(answer.text) or [""])[0]
            )
            if onward:
                onward = urljoin(self.here, onward)
                if onward.startswith(until):
                    return onward
                answer = self._get(onward)
                continue
            assert answer.status_code == 200, (answer.status_code, answer.url, answer.text[:3000])
            answer = self._press(answer.text)
        raise AssertionError(f"{address} led nowhere")

    def _get(self, address: str) -> requests.Response:
        answer = self.session.get(address, allow_redirects=False)
        self.here = address
        return answer

    def _press(self, page: str) -> requests.Response:
        forms = {action[0]: form for form in _FORM.findall(page) if (action := _ACTION.findall(form))}
        for action, answer in self.answers.items():
            typed = answer() if action in forms else {}
            # A button that is not there cannot be pressed.
            if typed and all(f'name="{name}"' in forms[action] for name in typed):
                if "decision" in typed and f'value="{typed["decision"]}"' not in forms[action]:
                    continue
                self.pressed.append(action)
                return self.post(forms[action], action, **typed)
        link = re.search(r"<a class=\"btn btn-primary\" href=\"([^\"]+)\"", page)
        assert link, page[:4000]
        return self._get(urljoin(self.here, html.unescape(link[1])))
