from tongban.doors.portal.front import KEPT_BYTES, KEPT_PAGES, KEPT_SECONDS, GuideFront


class Site:
    """An application that counts how often it is asked, and tells what it was asked."""

    def __init__(self, status: str = "200 OK") -> None:
        self.asked, self.closed, self.status = 0, 0, status

    def __call__(self, environ, start_response):
        self.asked += 1
        assert "HTTP_IF_NONE_MATCH" not in environ or environ["PATH_INFO"] == "/my"
        start_response(self.status, [("ETag", '"a"'), ("X-Frame", "no")])
        return Body(self, [b"page ", str(self.asked).encode()])


class Body(list):
    def __init__(self, site, parts):
        super().__init__(parts)
        self.site = site

    def close(self):
        self.site.closed += 1


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def get(front, path="/items/A", method="GET", **environ):
    said = []
    body = b"".join(
        front(
            {"REQUEST_METHOD": method, "PATH_INFO": path, **environ},
            lambda status, headers, *_: said.append((status, headers)),
        )
    )
    return said[0][0], dict(said[0][1]), body


def test_a_second_of_readers_is_served_by_one_answer_and_the_next_second_asks_again():
    site, time = Site(), Time()
    front = GuideFront(site, clock=time)
    assert (
        get(front)
        == get(front)
        == ("200 OK", {"ETag": '"a"', "X-Frame": "no", "Content-Length": "6"}, b"page 1")
    )
    time.now += KEPT_SECONDS + 0.01
    assert get(front)[2] == b"page 2"
    assert site.closed == 2


def test_whoever_has_the_page_already_gets_an_empty_304_with_its_headers():
    front = GuideFront(Site(), clock=Time())
    assert get(front, HTTP_IF_NONE_MATCH='"a"') == ("304 Not Modified", {"ETag": '"a"', "X-Frame": "no"}, b"")
    assert get(front, HTTP_IF_NONE_MATCH='"b"')[0] == "200 OK"


def test_language_place_type_size_and_situation_have_pages_of_their_own():
    site = Site()
    front = GuideFront(site, clock=Time())
    for environ in (
        {},
        {"QUERY_STRING": "air=yes"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_COOKIE": "tongban_place=460108000000"},
        {"HTTP_COOKIE": "tongban_elderly=on"},
        {"HTTP_COOKIE": "tongban_language=en"},
        {"HTTP_HOST": "elsewhere"},
    ):
        get(front, **environ)
    assert site.asked == 7


def test_who_is_signed_in_makes_no_difference():
    site = Site()
    front = GuideFront(site, clock=Time())
    get(front, HTTP_COOKIE="tongban_portal_session=one")
    get(front, HTTP_COOKIE="tongban_portal_session=two")
    assert site.asked == 1


def test_other_pages_other_methods_and_other_answers_are_never_kept():
    site = Site()
    front = GuideFront(site, clock=Time())
    for path, method in (("/my", "GET"), ("/items/A", "HEAD"), ("/items/A", "POST")):
        get(front, path, method)
        get(front, path, method)
    assert site.asked == 6
    missing = Site("404 Not Found")
    front = GuideFront(missing, clock=Time())
    assert get(front)[0] == get(front)[0] == "404 Not Found"
    assert missing.asked == 2


def test_what_is_kept_is_bounded_whatever_is_asked():
    front = GuideFront(Site(), clock=Time())
    for number in range(KEPT_PAGES + 50):
        get(front, QUERY_STRING=str(number))
    assert len(front._pages) == KEPT_PAGES


def test_cookies_that_cannot_be_read_are_a_choice_of_their_own_and_no_fault():
    front = GuideFront(Site(), clock=Time())
    assert get(front, HTTP_COOKIE='tongban_place="\\; [')[0] == "200 OK"


def test_paper_screen_history_and_data_are_kept_like_the_page_and_files_are_not():
    site = Site()
    front = GuideFront(site, clock=Time())
    for path in (
        "/items/A/print",
        "/items/A/screen",
        "/items/A/history",
        "/items/A/editions/1",
        "/items/A.jsonld",
    ):
        assert get(front, path)[2] == get(front, path)[2]
    assert site.asked == 5
    get(front, "/items/A/files/ab")
    get(front, "/items/A/files/ab")
    assert site.asked == 7


def test_an_answer_that_is_too_long_is_handed_on_and_not_kept():
    class Long(Site):
        def __call__(self, environ, start_response):
            super().__call__(environ, start_response)
            return Body(self, [b"x" * (KEPT_BYTES + 1)])

    site = Long()
    front = GuideFront(site, clock=Time())
    assert len(get(front)[2]) == len(get(front)[2]) == KEPT_BYTES + 1
    assert site.asked == 2
