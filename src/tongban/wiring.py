"""The one table of follow-ups (接线表): which event wakes which jobs, and which timer runs which job."""

from collections.abc import Mapping, Sequence

from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.notices import TOLD
from tongban.work.cases.rules.numbers import NUMBERED

_JOBS = "tongban.work.cases.jobs"
_GRANTS = (Verb.GRANT, Verb.GRANT_PARTLY, Verb.GRANT_AT_ONCE, Verb.GRANT_BY_RULE)
_RECEIVED = (Verb.SUBMIT, Verb.RECEIVE, Verb.LAPSE, Verb.INSIST)


def _after(verb: Verb) -> tuple[str, ...]:
    """What follows an act on a case: the word to the applicant first."""
    found = {
        "notify": verb in TOLD,
        "make_document": verb in NUMBERED,
        "issue_licence": verb in _GRANTS,
        "decide_by_rule": verb in _RECEIVED,
    }
    return tuple(f"{_JOBS}.{job}" for job, follows in found.items() if follows)


FOLLOWUPS: Mapping[str, Sequence[str]] = {
    **{f"cases.{verb}": _after(verb) for verb in Verb if _after(verb)},
    "calendar.imported": ("tongban.work.cases.jobs.redate",),
    **dict.fromkeys(
        (
            "cases.plan_migration",
            "cases.look_further",
            "cases.confirm_migration",
            "cases.move_further",
            "cases.resume_migration",
        ),
        ("tongban.work.cases.jobs.migrate_further",),
    ),
    "catalogue.take_in": ("tongban.offers.catalogue.jobs.look_through",),
    "catalogue.choose": ("tongban.offers.catalogue.jobs.look_through",),
    "catalogue.confirm": ("tongban.offers.catalogue.jobs.carry_out",),
    **dict.fromkeys(
        ("certificates.suspend", "certificates.resume", "certificates.revoke", "certificates.supersede"),
        ("tongban.people.certificates.jobs.publish_list",),
    ),
    "certificates.approve": ("tongban.people.certificates.jobs.issue_requested",),
    "certificates.follow": ("tongban.people.certificates.jobs.issue_requested",),
    "certificates.tell_expiry": ("tongban.people.identity.jobs.tell_certificate_ends",),
    "identity.session_ended": ("tongban.people.signon.jobs.session_ended",),
    **dict.fromkeys(
        ("mandates.withdraw", "mandates.resign", "mandates.lapse"),
        ("tongban.people.signon.jobs.mandate_ended",),
    ),
    "signon.sign_out": ("tongban.people.signon.jobs.tell_system",),
    "publicinfo.law_changed": ("tongban.offers.catalogue.jobs.flag_law_change",),
}

# Who holds the rows of a room against what the ledger says of them, when the ledger is verified.
WITNESSES: Sequence[str] = (
    "tongban.work.cases.queries.against_ledger",
    "tongban.work.cases.queries.bundles_against_ledger",
    "tongban.work.cases.queries.checks_against_ledger",
    "tongban.records.licences.queries.against_ledger",
    "tongban.records.exchange.queries.against_ledger",
    "tongban.offers.publicinfo.queries.against_ledger",
    "tongban.offers.powers.queries.against_ledger",
    "tongban.base.calendar.queries.against_ledger",
    "tongban.oversight.responsibility.queries.against_ledger",
    "tongban.people.mandates.queries.against_ledger",
    "tongban.people.signon.queries.against_ledger",
    "tongban.people.certificates.queries.against_ledger",
)

TIMERS: Mapping[str, str] = {
    "tongban.base.ledger.jobs.seal": "* * * * * */10",  # every ten seconds: a sixth field, the last one, counts seconds
    "tongban.people.identity.jobs.forget": "17 * * * *",
    "tongban.people.certificates.jobs.keep_time": "*/5 * * * *",  # lists last a day, and are made anew when half of it is over
    "tongban.people.mandates.jobs.remind": "25 * * * *",  # every hour; each mandate once, two weeks before its last day
    "tongban.people.mandates.jobs.lapse": "5 * * * *",  # every hour; what is over counts no more by its days
    "tongban.people.signon.jobs.sweep": "17 3 * * *",
    "tongban.work.cases.jobs.keep_time": "* * * * *",  # every minute; what has lapsed shows by its dates at once
}
