"""What is said of a signature (签名核验用语): its parts, and what can be wrong with each, in words. Pure."""

from collections.abc import Mapping

from tongban.base.pki.evidence import Part, Wrong
from tongban.standards.text import msg

PIECE_LABELS: Mapping[Part, str] = {
    Part.CONTENT: msg("签名原文"),
    Part.SIGNATURE: msg("签名"),
    Part.CERTIFICATE: msg("证书"),
    Part.CHAIN: msg("证书链"),
    Part.STATUS: msg("签名时的证书状态"),
    Part.TIME_STAMP: msg("时间戳"),
}
WRONG_LABELS: Mapping[Wrong, str] = {
    Wrong.ALTERED: msg("被改过。"),
    Wrong.MISSING: msg("缺少。"),
    Wrong.TOO_LATE: msg("签名写的时间晚于时间戳。"),
    Wrong.WRONG_ROOT: msg("不是从可信的根证书签发的。"),
    Wrong.WRONG_USAGE: msg("证书不是用来签名的。"),
    Wrong.NOT_YET_VALID: msg("签名时证书还没有生效。"),
    Wrong.EXPIRED: msg("签名时证书已经过期。"),
    Wrong.ON_HOLD: msg("签名时证书被停用。"),
    Wrong.REVOKED: msg("签名时证书已经撤销。"),
    Wrong.UNKNOWN: msg("签名时证书的状态不明。"),
}
