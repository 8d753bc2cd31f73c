"""What an attacker sends (伪造)."""

import base64
import hashlib
import hmac
import json


def refused(answer, error: str, status: int = 400) -> bool:
    return answer.status_code == status and answer.json()["error"] == error


def unsigned(claims: dict[str, object], algorithm: str = "none", signature: str = "") -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm})}.{part(claims)}.{signature}"


def keyed(claims: dict[str, object], secret: bytes) -> str:
    """HS256 by hand: no kept library takes a public key for a secret."""
    body = unsigned(claims, "HS256").removesuffix(".")
    mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
