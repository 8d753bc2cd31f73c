"""Places (区划) are where everything happens: the administrative divisions of the province, down to the village.

Nouns: place (code, name, level, kind, parent). Verbs: import; find, list below, name the path.
Invariants: a place's parent exists and stands one level or more above it; a place's kind is read from the data, never
from the digits of its code. There is deliberately no editing of single places: the official list is imported whole.
"""
