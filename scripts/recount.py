"""Recount (独立复算): the dates of an exported case, day by day from the words of the law, with nothing of Tongban's code.

    python3 recount.py clock.json    prints every day and why, and whether the file's own dates are the same (exit code 0)
The file is what /v1/cases/<id>/clock gives: "clock" (what happened on which day, the limits), "calendar" (holidays and make-up
days as announced), "dates" (what the platform says). 行政许可法 (Administrative Licensing Law): articles 32, 42, 44, 45, 82."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

PHASES = {"pre_review": "pre_review_days", "received": "reply_days", "decided": "delivery_days"}
CUTS = ("stopped", "resumed", "closed", "decided", "ended")


def recount(file):  # noqa: PLR0915 -- one page, to be read from top to bottom
    """The dates that follow from a file, as its "dates" has them, and the days from acceptance as (day, number, why) (复算)."""
    limits = file["clock"]["limits"]
    acts = [(what, date.fromisoformat(on), days, part) for what, on, days, part in file["clock"]["events"]]
    table = {date.fromisoformat(day): (kind, name) for day, kind, name, *_ in file["calendar"]["rows"]}
    # Holidays are announced year by year; days after the last such year are Monday to Friday for the time being.
    years = {day.year for day in table if all(date(day.year, m, 1) in table for m in (1, 5, 10))}
    announced = date(max(years), 12, 31)
    unsure = set()

    def works(day):
        """Article 82: working days count; statutory holidays do not, make-up days do."""
        if day > announced:
            unsure.add(day)
        elif day in table:
            return table[day][0] == "workday_makeup"
        return day.weekday() < 5

    def after(day, number, still=(), natural=False):
        """The day on which the number-th day after `day` falls; days in `still` do not count."""
        while number > 0:
            day += timedelta(days=1)
            counts = (natural and day not in still) or works(day)
            number -= counts and day not in still
        return day

    def paused(part):
        """Article 45: days of hearings, inspections … do not count; at most as many as were told in writing."""
        found = set()
        for place, (what, day, told, whose) in enumerate(acts):
            if what == "stopped" and whose == part:
                over = [on for w, on, _, p in acts[place + 1 :] if p == part and w in CUTS] + [date.max]
                while told > 0 and day < over[0]:
                    day += timedelta(days=1)  # noqa: PLW2901 -- it walks
                    found.add(day)
                    told -= works(day)  # noqa: PLW2901 -- it is used up
        return found

    def turns(part):
        """From when to when a department had its turn; the day on which it began does not count."""
        begun = [on for what, on, _, whose in acts if whose == part and what == "opened"]
        ended = [on for what, on, _, whose in acts if whose == part and what == "closed"]
        return list(zip(begun, [*ended, date.max], strict=False))

    parts = {part: (turns(part), paused(part)) for _, _, _, part in acts if part}

    def at_rest(day):
        """Joint handling rests on a day on which every department whose turn it is, is paused."""
        busy = [pause for spans, pause in parts.values() if any(a < day <= b for a, b in spans)]
        return busy != [] and all(day in pause for pause in busy)

    still = {d for _, pause in parts.values() for d in pause if at_rest(d)} if parts else paused("")
    unsure.clear()
    dates, days = {"act_by": None, "promised_on": None, "due_on": None}, []
    more = sum(told for what, _, told, _ in acts if what == "extended")  # article 42: once, by a superior
    day, number = next((on for what, on, _, _ in acts if what == "accepted"), None), 0
    if day:
        natural = limits["statutory_unit"] == "day"  # where another law counts every day
        dates["due_on"] = after(day, limits["statutory_days"] + more, still, natural)
        dates["promised_on"] = min(after(day, limits["promised_days"], still), dates["due_on"])
        while day < dates["due_on"]:
            day += timedelta(days=1)
            number += (counts := day not in still and (natural or works(day)))
            why = "paused" if day in still else table.get(day, ("", ""))[1] or f"{day:%A}"
            days.append((day, counts and number, why))
    own = [act for act in acts if act[3] == "" and act[0] != "extended"]
    what, day, told, _ = own[-1] if own else ("", None, 0, "")
    if what in ("accepted", "resumed"):
        dates["act_by"] = dates["due_on" if more else "promised_on"]
    elif what in PHASES or what == "stopped":  # articles 32, 45, 44
        dates["act_by"] = after(day, told if what == "stopped" else limits[PHASES[what]] or 0)
    found = {name: day and day.isoformat() for name, day in dates.items()} | {"provisional": unsure != set()}
    last = {whose: (on, told) for what, on, told, whose in acts if what == "opened"}
    open_ = {p: after(*last[p], pause) for p, (spans, pause) in parts.items() if spans[-1][1] == date.max}
    return found | {"departments": {part: day.isoformat() for part, day in open_.items()}}, days


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found, told = recount(given)
    for day, number, why in told:
        print(day, f"{number:4}" if number else "   -", why)
    same = all(given["dates"].get(name) == value for name, value in found.items())
    print("recounted:", found, "\nthe file says:", given["dates"], "\nAGREES" if same else "\nDIFFERS")
    sys.exit(not same)
