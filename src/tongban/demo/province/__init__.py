"""The whole province for demonstration (全省演示目录): real names and places, everything else made up here and marked so.

Real are the names, types and departments of ``data/basic_items.csv``, the places of ``data/hainan_divisions.csv`` and the
quoted articles of ``data/laws``. Derived, and said so in ``origin`` and ``sources``: business items, further children,
terms, limits, counters and who carries out what. Every edition goes through the catalogue's own acts and rules, and the
same seed gives the same codes.
"""
