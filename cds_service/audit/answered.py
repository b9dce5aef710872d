"""Cards that were answered before: how a report and its card are recognised when the same reader comes again.

A digest stands for a report and for what was said of it. It changes when anything in the report does, or the ranking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_service.audit.record import fingerprint
from cds_service.core.differential import Differential

_NOT_CONTENT = ("meta", "issued", "status", "text")
"""What is rewritten when a report is stored or promoted; `text` renders the rest."""


@dataclass(frozen=True, slots=True)
class Before:
    """What one reader was told before.

    Attributes:
        reader: keyed hash of client, service, user and patient; empty where nothing is remembered.
        calls: the call that answered, by digest.
        away: whether nobody could be asked, so that `calls` is empty for want of knowing.
    """

    reader: str = ""
    calls: Mapping[str, str] = field(default_factory=dict)
    away: bool = False


NOTHING_BEFORE = Before()


def card_digest(report: Mapping[str, Any], found: Differential) -> str:
    """Stands for a report as it is and for the ranking that its card tells, with what must not be missed.

    Which of the missing tests are on order by now is left out: taking a card's own suggestion does not make it new.
    """
    content = {key: value for key, value in report.items() if key not in _NOT_CONTENT}
    if isinstance(content.get("conclusion"), str):
        content["conclusion"] = content["conclusion"].strip()
    said = {
        "ranking": [[outcome.etiology, outcome.tier] for outcome in found.ranked],
        "tests": [test.lab for test in found.next_tests],
        "alarms": [spoken.alarm.ref for spoken in found.spoken],
    }
    return fingerprint({"report": content, **said})


def answered_json(reader: str, digests: Iterable[str]) -> dict[str, Any]:
    """What a record keeps of the cards that it answers, for `audit.store` to index; empty where nothing is kept."""
    kept = list(dict.fromkeys(digests))
    return {"answered": {"reader": reader, "digests": kept}} if reader and kept else {}
