"""An operator's commands (运维命令) on single sign-on."""

from datetime import UTC, datetime

from tongban.base.actor import system
from tongban.people.signon import actions


def rotate() -> int:
    """New signing keys from now on (轮换登录签名密钥); the former stay published for a day."""
    for kid in actions.rotate(actor=system("tongban signon rotate"), at=datetime.now(UTC)):
        print(f"新密钥 {kid}")
    return 0
