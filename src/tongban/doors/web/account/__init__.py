"""One's own account (我的账号): the same pages at the portal and at the workbench."""
