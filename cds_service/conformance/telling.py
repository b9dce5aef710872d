"""The outcome of a check, for people and for programs."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from cds_service.conformance.ledger import Row, Verdict

_LONGEST = 400
"""Characters of a line that is told."""


def as_text(rows: Sequence[Row]) -> str:
    """Every assertion with its verdict, what was sent and what came; the count of verdicts at the end."""
    return "\n".join([*map(_lines, rows), "", _counted(rows)])


def as_json(base_url: str, rows: Sequence[Row]) -> dict[str, Any]:
    """The same as JSON values; what an assertion has nothing of is left out."""
    return {
        "service": base_url,
        "verdicts": {verdict.value: count for verdict, count in _counts(rows).items()},
        "assertions": [_object(row) for row in rows],
    }


def _lines(row: Row) -> str:
    head = f"{row.assertion.number:<4} {row.verdict:<14} {row.assertion.says} [{row.assertion.requirements}]"
    lines = [head, f"     {_shown(row.reason)}"]
    if row.sent:
        lines.append(f"     sent {_shown(row.sent)}; came {_shown(row.came)}")
    return "\n".join(lines)


def _shown(text: str) -> str:
    """As a terminal may be given it: ids and keys are the words of a stranger."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_LONGEST]


def _object(row: Row) -> dict[str, Any]:
    told = {
        "number": row.assertion.number,
        "requirements": row.assertion.requirements.split(),
        "says": row.assertion.says,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "sent": row.sent,
        "came": row.came,
    }
    return {name: value for name, value in told.items() if value}


def _counts(rows: Sequence[Row]) -> Counter[Verdict]:
    return Counter(row.verdict for row in rows)


def _counted(rows: Sequence[Row]) -> str:
    counts = _counts(rows)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in reversed(Verdict) if counts[verdict])
