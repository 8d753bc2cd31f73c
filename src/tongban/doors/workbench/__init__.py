"""The staff workbench (工作台): my work, the cases of my offices, and the acts on one of them.

A view does four things: parse, load through queries, one call to an action or query, render. What may be done is asked of
``CaseView.moves`` and decided by the action; nothing is decided here.
"""
