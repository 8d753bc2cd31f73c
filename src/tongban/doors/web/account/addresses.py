"""Where the pages of an account lie (账号页地址): ``/my/account`` at the portal, ``/account`` at the workbench."""

from django.conf import settings

PREFIXES = {"portal": "my/account", "workbench": "account"}


def account_page(rest: str = "") -> str:
    """Address of the account's page at this door (我的账号), or of the page ``rest`` under it."""
    prefix = PREFIXES.get(settings.DOOR, PREFIXES["portal"])
    return f"/{prefix}/{rest}" if rest else f"/{prefix}"
