"""The one table of follow-ups (接线表): which event wakes which jobs, and which timer runs which job."""

from collections.abc import Mapping, Sequence

FOLLOWUPS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(
        ("cases.grant", "cases.grant_partly", "cases.grant_at_once", "cases.grant_by_rule"),
        ("tongban.work.cases.jobs.issue_licence",),
    ),
    **dict.fromkeys(
        ("cases.submit", "cases.receive", "cases.lapse", "cases.insist"),
        ("tongban.work.cases.jobs.decide_by_rule",),
    ),
    "catalogue.take_in": ("tongban.offers.catalogue.jobs.look_through",),
    "catalogue.choose": ("tongban.offers.catalogue.jobs.look_through",),
    "catalogue.confirm": ("tongban.offers.catalogue.jobs.carry_out",),
    "publicinfo.law_changed": ("tongban.offers.catalogue.jobs.flag_law_change",),
}

# Who holds the rows of a room against what the ledger says of them, when the ledger is verified.
WITNESSES: Sequence[str] = (
    "tongban.work.cases.queries.against_ledger",
    "tongban.work.cases.queries.bundles_against_ledger",
    "tongban.records.licences.queries.against_ledger",
    "tongban.offers.publicinfo.queries.against_ledger",
    "tongban.offers.powers.queries.against_ledger",
    "tongban.base.calendar.queries.against_ledger",
)

TIMERS: Mapping[str, str] = {
    "tongban.base.ledger.jobs.seal": "*/10 * * * * *",  # every ten seconds
    "tongban.work.cases.jobs.keep_time": "*/5 * * * *",  # what has lapsed shows by its dates at once
}
