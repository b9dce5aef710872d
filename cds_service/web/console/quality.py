"""What was not known, did not come, or was not used."""

from typing import Any

from cds_service.audit import tally, traits
from cds_service.audit.console.console import Reading
from cds_service.audit.record import Outcome
from cds_service.core.facts import Missing


def quality(reading: Reading) -> dict[str, Any]:
    """What the page on data quality shows."""
    outcomes = {one.subject: one.calls for one in reading.counts(tally.CALL, "subject")}
    set_aside = reading.counts(traits.SET_ASIDE, "subject")
    return {
        "judged": outcomes.get(Outcome.CARD, 0) + outcomes.get(Outcome.SILENT, 0),
        "labs": _matrix(reading, traits.LAB),
        "parts": _matrix(reading, traits.CHART),
        "set_aside": sorted(set_aside, key=lambda one: (-one.calls, one.subject)),
        "amiss": reading.counts(traits.AMISS, "subject"),
        "away": reading.counts(traits.AWAY, "subject"),
    }


def _matrix(reading: Reading, kind: str) -> dict[str, Any]:
    """Calls by what was missing and why; only the reasons that occur, those that a site can mend first."""
    cells: dict[str, dict[str, int]] = {}
    for one in reading.counts(kind, "subject", "detail"):
        cells.setdefault(one.subject, {})[one.detail] = one.calls
    occurring = {why for row in cells.values() for why in row}
    known = [str(why) for why in (*_TO_BE_MENDED, *(why for why in Missing if why not in _TO_BE_MENDED))]
    columns = [*(why for why in known if why in occurring), *sorted(occurring - set(known))]
    return {"columns": columns, "rows": sorted(cells.items(), key=lambda row: (-sum(row[1].values()), row[0]))}


_TO_BE_MENDED = (
    Missing.NOT_REACHABLE,
    Missing.NOT_PERMITTED,
    Missing.NOT_READABLE,
    Missing.NOT_ALL_READ,
    Missing.SET_ASIDE,
    Missing.TOO_OLD,
)
