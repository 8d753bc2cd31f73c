"""Certificates (数字证书): one's own at the portal and at the workbench; what both and the registrars' pages are drawn from."""
