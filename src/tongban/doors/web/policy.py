"""Content security policy (内容安全策略) of every answer, pages and static files alike. Knows no framework: the server's entry
point needs it before the framework is set up.
"""

# Forms of the portal lead to the portal, and so on; nothing is fetched from anywhere else.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
