"""Responsibility (责任认定) tells of any case who did each step, by what right, on which text, and whether all of it still holds.

Nouns: report (责任认定报告: the acts of a case in order), act line (行为: one act with all that proves it), authority (职权依据: the post,
deputising, mandate or rule by which it was done), part (核验部分: text, signature, certificate, chain, status, time stamp, ledger), outcome.
Verb: take a report away, which is recorded.
Invariants: a report is made of the ledger alone and of what the ledger's entries name by digest; what does not hold is said beside the
act, never left out. There is deliberately no editing of a report, and no table of them: it is made anew whenever it is asked for.
"""
