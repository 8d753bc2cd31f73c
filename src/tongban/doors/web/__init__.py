"""Shared face of the doors (界面底座): the one design that portal, workbench and API pages are drawn with.

Nouns: base templates, parts (components, each once), tokens (``static/web/tongban.css``), template filters.
Invariants: every page works without JavaScript; no inline script and no inline style; every text passes
through translation with its Chinese text as the message id; a part never holds a form that writes.
"""
