"""Import of synonym groups (同义词导入): ``words,leads``, words set apart by spaces; a group that is there already is left alone."""

from pathlib import Path

from django.utils import timezone

from tongban.base.actor import system
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.base.search import actions
from tongban.base.search.models import SynonymGroup
from tongban.base.search.rules.synonyms import Synonyms, read


def run(path: Path, report: Report) -> int:
    """Import the synonym groups of a csv file; returns the exit code.

    A group is known by its first word. What editors changed or ended meanwhile stays as they left it.
    """
    known = {words[0] for words in SynonymGroup.objects.values_list("words", flat=True)}
    seen: set[str] = set()
    at = timezone.now()

    def take(row: Row) -> Synonyms:
        group, errors = read(row["words"], row["leads"])
        if group is None:
            raise BadRow("; ".join(f"{name}: {text}" for name, texts in errors.items() for text in texts))
        if group.words[0] in seen:
            raise BadRow(f"{group.words[0]!r} begins two groups of this file")
        seen.add(group.words[0])
        return group

    def write(batch: list[Synonyms], outcome: Outcome) -> None:
        for group in batch:
            if group.words[0] in known:
                outcome.unchanged += 1
                continue
            actions.add_synonyms(
                actor=system("search.import"), words=" ".join(group.words), leads=";".join(group.leads), at=at
            )
            outcome.added += 1

    return run_import(path, report, read_csv(path, ["words", "leads"]), take, write)
