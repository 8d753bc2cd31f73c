"""What a browser without a script would send (无脚本浏览器): the fields of the one POST form of a page, as they stand."""

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._action, self._inside, self._area, self._select = action, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in ("file", "submit"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.sent[name] = [""]
        elif tag == "select":
            self._select = name
            self.sent[name] = [""]
        elif tag == "option" and "selected" in given:
            self.sent[self._select] = [given.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self._inside and self._area:
            self.sent[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.sent[self._area][0] = self.sent[self._area][0].removeprefix("\n")
            self._area = ""
        if tag == "form":
            self._inside = False


def fields_of(page: str, action: str) -> dict[str, Any]:
    """Names and values of the form that posts to ``action``."""
    parser = _Fields(action)
    parser.feed(page)
    return dict(parser.sent)
