"""django-oauth-toolkit as one would set it up (对照服务): the reference of the sign-on bench."""
