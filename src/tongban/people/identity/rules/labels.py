"""What ways of showing who one is are called (认证方式名称). Pure."""

from tongban.people.identity.rules import Method
from tongban.standards.text import msg

METHOD_LABELS = {
    Method.PASSWORD: msg("密码"),
    Method.ONE_TIME: msg("动态码"),
    Method.PASSKEY: msg("通行密钥"),
    Method.CERTIFICATE: msg("数字证书"),
    Method.COUNTER: msg("窗口核验"),
    Method.LINKED: msg("外部账号"),
}
