"""Cases (办件) carry one application from draft to close, in time and in the open.

Nouns: case (办件), move (流转), document (文书: a supplement notice, a decision, an opinion), attachment (a material handed in
for one demand of the guide), bundle (一件事: several cases filled in and submitted as one).
Verbs: start, save, attach, submit, request supplement, accept, decline, examine, return, grant, refuse, withdraw, close.
Invariants: a case stands on one edition and can be asked for nothing else; it moves only as the table says; number, times
and dates are written by the move that causes them; supplement is requested once; who examined does not decide; every move
is one ledger entry. There is deliberately no "set state", no deletion of a submitted case, no clock that runs at night.
"""
