"""Acts of responsibility (责任认定的行为): taking a report away, on paper or as an archive."""

from .taking import Taken, take_archive, take_paper

__all__ = ["Taken", "take_archive", "take_paper"]
