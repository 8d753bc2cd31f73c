"""Addresses of single sign-on (地址表), the same at the portal and at the workbench."""

from django.urls import path

from tongban.doors.signon import authorize, device, discovery, logout, tokens

urlpatterns = [
    path(".well-known/openid-configuration", discovery.configuration),
    path(".well-known/oauth-authorization-server", discovery.configuration),
    path("oidc/authorize", authorize.authorize),
    path("oidc/continue", authorize.resume),
    path("oidc/consent", authorize.decide),
    path("oidc/token", tokens.token),
    path("oidc/userinfo", tokens.userinfo),
    path("oidc/jwks", discovery.keys),
    path("oidc/introspect", tokens.introspect),
    path("oidc/revoke", tokens.revoke),
    path("oidc/par", tokens.push),
    path("oidc/device_authorization", tokens.device_authorization),
    path("oidc/device", device.device),
    path("oidc/logout", logout.logout),
    path("oidc/logout/confirm", logout.confirm),
]
