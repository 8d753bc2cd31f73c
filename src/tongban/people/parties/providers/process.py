"""Sources behind a program (进程来源): one question as a line of JSON on its standard input, one answer on its output.

What lies behind is the program's affair: the adapter of a real source, or the stand-in of this package.
"""

import json
import logging
import subprocess
from dataclasses import asdict, dataclass

from tongban.people.parties.providers.interface import Parenthood, Representation
from tongban.people.parties.rules import Found

log = logging.getLogger("tongban.sources")
_LONGEST_WAIT = 10  # [O] seconds


@dataclass(frozen=True, slots=True)
class ProcessSources:
    """Sources that a program asks (进程来源). Without a command none can be asked."""

    command: tuple[str, ...]

    def represents(self, claim: Representation) -> Found:
        """Whether this is the legal person's representative (法定代表人是否相符)."""
        return self._ask({"ask": "represents", **asdict(claim)})

    def is_parent(self, claim: Parenthood) -> Found:
        """Whether this is the child's parent (是否父母)."""
        return self._ask({"ask": "is_parent", **asdict(claim)})

    def _ask(self, question: dict[str, str]) -> Found:
        """The answer; whatever goes wrong on the way means that nobody knows. Nothing of the question is logged."""
        if not self.command:
            return Found.UNAVAILABLE
        try:
            done = subprocess.run(  # noqa: S603 -- the command is the operator's; no shell reads it
                self.command,
                input=json.dumps(question, ensure_ascii=False).encode(),
                capture_output=True,
                timeout=_LONGEST_WAIT,
                check=True,
            )
            return Found(json.loads(done.stdout)["found"])
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
            log.warning("the source did not answer: %s", type(error).__name__)
            return Found.UNAVAILABLE
