"""What the proxy in front of us vouches for (代理转交): the certificate with which a visitor opened the connection.

The proxy ends TLS. It hands the certificate on in the header ``Client-Cert`` (RFC 9440, or escaped PEM, which is what nginx has) and shows by
a shared secret in ``X-Tongban-Proxy`` that it was the proxy who did; it must remove both headers from whatever comes in from outside, also
where they are written with underscores: behind it the two spellings are one name.
"""

import base64
import hmac
import ssl
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

_LONGEST = 40_000  # [O] characters; what is longer is no certificate of ours
_PEM = "-----BEGIN%20CERTIFICATE-----"


def client_certificate(request: HttpRequest) -> bytes | None:
    """The visitor's certificate (客户端证书), DER, as the proxy verified it; None without one, or without the proxy's word."""
    secret, shown = str(settings.PROXY_SECRET), request.headers.get("X-Tongban-Proxy", "")
    if not secret or not hmac.compare_digest(secret.encode(), shown.encode()):
        return None
    given = request.headers.get("Client-Cert", "").strip()
    if not 3 <= len(given) <= _LONGEST:
        return None
    try:
        if given.startswith(_PEM):
            return ssl.PEM_cert_to_DER_cert(unquote(given, errors="strict"))
        if given.startswith(":") and given.endswith(":"):
            return base64.b64decode(given[1:-1], validate=True)
    except ValueError:
        return None
    return None
