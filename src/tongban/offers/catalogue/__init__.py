"""The catalogue (事项目录) says what can be asked, of whom, and on what terms: the one source of guide, form and checks.

Nouns: basic item (基本目录: name, type, basis; set once), basic edition (基本目录版本: the standard that binds everybody who
carries it out), item (实施清单: a basic item as one organ in one place carries it out), edition (版本: the terms, from a day
to a day), guide (办事指南: an edition read by a citizen).
Verbs: import, draft, publish, retire; search, read, compare.
Invariants: a published edition is never changed (a trigger refuses) and carries its digest; of one item no two published
editions are in force on the same day (an exclusion constraint); on no day does an edition go beyond the basic edition in
force (narrowing); a case is measured by its own edition only. There is deliberately no way to ask an applicant for
something that the edition does not list.
"""
