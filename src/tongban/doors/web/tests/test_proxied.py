"""What the proxy hands on is read in both forms, and believed only with its word."""

import base64
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from tongban.base.pki.keys import Algorithm
from tongban.base.pki.tests.authority import make_authority
from tongban.doors.web.proxied import client_certificate

SECRET = "of-the-proxy"
CERTIFICATE = make_authority(Algorithm.P256).issue()[1]
FORMS = {
    "RFC 9440": f":{base64.b64encode(CERTIFICATE.der).decode()}:",
    "nginx": quote(CERTIFICATE.pem.decode(), safe="/+="),
    "nginx, strictly escaped": quote(CERTIFICATE.pem.decode(), safe=""),
}


@pytest.fixture(autouse=True)
def _secret(settings) -> None:
    settings.PROXY_SECRET = SECRET


def told(given: str, secret: str = SECRET) -> bytes | None:
    headers = {"Client-Cert": given, "X-Tongban-Proxy": secret}
    return client_certificate(RequestFactory().get("/", headers=headers))


@pytest.mark.parametrize("form", FORMS)
def test_a_certificate_is_read_as_the_proxy_writes_it(form: str) -> None:
    assert told(FORMS[form]) == CERTIFICATE.der


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", ["", "guess", SECRET + "x", SECRET[:-1]])
def test_without_the_proxys_word_it_is_nothing(form: str, secret: str) -> None:
    assert told(FORMS[form], secret) is None


def test_without_a_secret_no_proxy_is_believed(settings) -> None:
    settings.PROXY_SECRET = ""
    assert told(FORMS["RFC 9440"], "") is None


@pytest.mark.parametrize(
    "given",
    [
        "",
        ":",
        "::",
        ":%%%:",
        "-----BEGIN%20CERTIFICATE-----",
        "-----BEGIN%20CERTIFICATE-----%0A*%0A-----END%20CERTIFICATE-----",
        "%FF" * 9,
        ":" + "A" * 100_000 + ":",
        FORMS["nginx"].replace("-----END", "-----AND"),
        "-----BEGIN%20CERTIFICATE-----%FF",
    ],
)  # fmt: skip -- one kind of garbage after the other
def test_garbage_is_no_certificate(given: str) -> None:
    assert told(given) in (None, b"")
