"""Numbering (编号) gives the next serial of a series, without gaps and without two alike.

Noun: series (a name such as an item's code and day). Verb: take.
Invariant: the counter is part of the taker's transaction, so a rolled-back act gives its number back; takers of one
series wait for each other, takers of different series do not.
"""
