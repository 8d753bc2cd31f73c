"""Paging of lists (翻页): which page is asked for, and what the pager shows."""

from django.http import HttpRequest

from tongban.doors.workbench.shown import Shown

PAGE = 50
_LARGEST_PAGE = 100_000


def page_of(request: HttpRequest) -> int:
    """The page that is asked for (页码); the first where it is none."""
    given = request.GET.get("page", "")
    return (
        min(int(given), _LARGEST_PAGE)
        if given.isascii() and given.isdigit() and len(given) < 7 and int(given)
        else 1
    )


def pager(number: int, total: int, query: str = "") -> Shown:
    """What the pager shows (分页条); ``query``: what stays in the address, ending in ``&``."""
    pages = max(1, -(-total // PAGE))
    return {
        "number": number,
        "pages": pages,
        "total": total,
        "previous_url": f"?{query}page={number - 1}" if number > 1 else "",
        "next_url": f"?{query}page={number + 1}" if number < pages else "",
    }
