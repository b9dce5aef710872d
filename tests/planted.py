"""Words that tests plant where patients, reports and tokens stand, and the search for them in every log line."""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

PATIENT = "planted-patient-7391"
NAME = "Plantedname"
TEXT = f"Calcified lobulated mass at the hip of Mr {NAME}, seen before."
TOKEN = "eyJwbGFudGVkIjoi.cGxhbnRlZC10b2tlbg.cGxhbnRlZA"
COMMENT = "planted comment: the patient is my neighbour"

WRITTEN: list[str] = []
"""Every line that servers wrote and loggers of this process told, in this process's part of the run."""

_PLANTED = re.compile(r"planted", re.IGNORECASE)
_TOKEN = re.compile(r"bearer\s+\S{8,}|\beyJ[A-Za-z0-9_-]{6,}\.", re.IGNORECASE)


def leaks(lines: Iterable[str]) -> list[str]:
    """The lines that hold something planted, or a token of any kind."""
    return [line for line in lines if _PLANTED.search(line) or _TOKEN.search(line)]


@contextmanager
def collecting() -> Iterator[list[str]]:
    """Collects what is logged in this process, with its tracebacks; of this program every level, of others warnings."""
    collector = _Collector()
    own = logging.getLogger("cds_service")
    before = own.level
    logging.getLogger().addHandler(collector)
    own.setLevel(logging.DEBUG)
    try:
        yield WRITTEN
    finally:
        own.setLevel(before)
        logging.getLogger().removeHandler(collector)


class _Collector(logging.Handler):
    """Keeps each line of each record as a log file would hold it."""

    def emit(self, record: logging.LogRecord) -> None:
        WRITTEN.extend(self.format(record).splitlines())
