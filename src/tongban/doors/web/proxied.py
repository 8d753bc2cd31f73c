"""What the proxy in front of us vouches for (代理转交): the certificate with which a visitor opened the connection.

The proxy ends TLS. It hands the certificate on in the header ``Client-Cert`` (RFC 9440) and shows by a shared secret in
``X-Tongban-Proxy`` that it was the proxy who did; it must remove both headers from whatever comes in from outside.
"""

import base64
import hmac

from django.conf import settings
from django.http import HttpRequest


def client_certificate(request: HttpRequest) -> bytes | None:
    """The visitor's certificate (客户端证书), DER, as the proxy verified it; None without one, or without the proxy's word."""
    secret, shown = str(settings.PROXY_SECRET), request.headers.get("X-Tongban-Proxy", "")
    if not secret or not hmac.compare_digest(secret.encode(), shown.encode()):
        return None
    given = request.headers.get("Client-Cert", "").strip()
    if len(given) < 3 or not (given.startswith(":") and given.endswith(":")):
        return None
    try:
        return base64.b64decode(given[1:-1], validate=True)
    except ValueError:
        return None
