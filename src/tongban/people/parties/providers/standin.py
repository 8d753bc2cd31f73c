"""Stand-in of the sources (演示来源): a program that knows the companies and families of a file, and of nobody else.

``python -m tongban.people.parties.providers.standin FILE`` reads one question from standard input and writes the answer.
The file is csv: ``kind,code,name,person_name,person_number``; kind ``company`` (code and name of the company, its legal
representative) or ``parent`` (number and name of the child, a parent).
"""

import csv
import json
import sys
from pathlib import Path

_COLUMNS = {
    "represents": ("company", "credit_code", "name", "representative_name", "representative_number"),
    "is_parent": ("parent", "child_number", "child_name", "parent_name", "parent_number"),
}


def answer(register: Path, question: dict[str, str]) -> dict[str, str]:
    """The answer to one question (核验应答): exactly this row, or no match."""
    kind, *names = _COLUMNS[question["ask"]]
    asked = [kind, *(question[name] for name in names)]
    with register.open(encoding="utf-8", newline="") as file:
        known = any(row == asked for row in csv.reader(file))
    return {"found": "match" if known else "no_match"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(Path(sys.argv[1]), json.load(sys.stdin))))
