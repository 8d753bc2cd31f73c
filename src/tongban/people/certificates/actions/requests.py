"""Requests that holders bring themselves (证书请求): PKCS#10 (RFC 2986), with proof that they have the key."""

from tongban.base.pki.der import Malformed
from tongban.base.pki.requests import NotHeld, proven_request
from tongban.people.certificates.rules.profiles import Algorithm
from tongban.people.certificates.rules.registering import LONGEST_REQUEST
from tongban.standards.text import msg


def read_request(text: str, algorithm: Algorithm) -> tuple[bytes | None, str | None]:
    """The request that was pasted (读取证书请求), DER, or what is wrong with it."""
    if not text.strip():
        return None, msg("请粘贴证书请求（PKCS#10，PEM 文本）。")
    if len(text) > LONGEST_REQUEST:
        return None, msg("证书请求太长，请核对是不是贴错了文件。")
    try:
        request = proven_request(text.encode("ascii"))
    except NotHeld:
        return None, msg("证书请求的签名不对：请用同一把私钥重新生成请求。")
    except (Malformed, UnicodeEncodeError, ValueError):
        return None, msg("这不是一份完整的证书请求（PKCS#10），请重新生成。")
    if request.public.algorithm.value != algorithm.value:
        return None, msg("证书请求里的密钥和选的算法不一样。")
    return request.der, None
