"""Search (检索) finds what was published by the words that people use. It knows texts, days and places, and no business.

Nouns: a search document (from when to when, where, of which group, with which facets), its text (title, keywords, more
words; shared by all documents that say the same), a phrase (what is suggested while somebody types), a synonym group
(words of every day and what they lead to, kept by editors).
Verbs: put, end, remove; add, change and end a synonym group; search, suggest.
Invariants: a document is written in the transaction of the act that publishes, so that neither is there without the
other; it is found only on the days on which it is in force; of one ``ref`` the later document replaces the earlier one at
its first day. Groups are ranked, not documents, so that the cost does not grow with the number of places that offer the
same thing. Deliberately absent: an index that follows later, ranking by who asks, keeping what anybody searched for.
"""
