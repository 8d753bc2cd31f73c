"""What ways of showing who one is, and acts on the staff list, are called (认证方式和人事登记的名称). Pure."""

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

# What a personnel officer or system does (人事登记), by the ledger's word for it.
STAFF_LABELS = {
    "identity.join_staff": msg("登记新进人员"),
    "identity.hand_setup_code": msg("给一次性码，由本人设密码"),
    "identity.change_staff": msg("变更人员登记"),
    "identity.leave_staff": msg("办理离开，当天停用"),
    "identity.rejoin_staff": msg("办理回来，岗位重新任命"),
    "identity.remove_staff": msg("注销人员登记"),
}
