"""Feedback (好差评) is what people say of how they were served.

Noun: rating (评价: a grade of five and, if they like, words). Verb: rate.
Invariants: one rating per case, by its applicant, once the case has ended; the scheme of the grade is stored with it.
There is deliberately no changing or removing of a rating by anybody.
"""
