"""The outbox (发件箱) tells the rest of the house what happened, after it has certainly happened.

Nouns: event (name and plain payload), relay (moves events into jobs), worker (runs jobs and timers).
Verbs: emit (through ``base.record``), relay, run.
Invariants: an event is written in the transaction of its act and relayed at least once; jobs are therefore written to be
run twice; which event wakes which job stands in ``tongban.wiring`` only. There is deliberately no call-back, no signal.
"""
