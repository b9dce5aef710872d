"""What a report was answered from beside its facts, as the record keeps it: little, and enough to answer again.

Only what is there is kept; a key that is absent reads as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.cards import Source
from cds_service.core.facts import Facts
from cds_service.core.facts_json import facts_from_json

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One report of a call, or one order, as it was read: everything that is said of it follows from this.

    Attributes:
        report: the resource as it came.
        facts: read from it and the chart.
        silent: why it was not read; empty where it was.
        unread: why there was no text to read; empty where there was.
        source: what to call it on a card; None where the reader is writing it.
        regions: the parts of the body that are asked about; None for all.
        text: what was read: the positions in the facts count its characters. It is no part of the body.
    """

    report: Json
    facts: Facts
    silent: str = ""
    unread: str = ""
    source: Source | None = None
    regions: frozenset[str] | None = None
    text: str = ""


def given_json(read: ReadReport, earlier: str, held: str) -> Json:
    """What is kept of a report beside its facts.

    Args:
        read: the report.
        earlier: the call in which its card was answered before; empty where it was not.
        held: the text of its card that its conclusion holds already; empty where it does not.
    """
    # What was not read is named on no card, whatever the rules.
    source = None if read.silent else read.source
    kept: Json = {
        "silent": read.silent,
        "unread": read.unread,
        "source": None if source is None else [source.said_title, source.day, source.resource, source.is_order],
        "regions": None if read.regions is None else sorted(read.regions),
        "earlier": earlier,
        "held": held,
    }
    return {key: value for key, value in kept.items() if value not in (None, "")}


def read_again(stored: Mapping[str, Any]) -> ReadReport:
    """A report of a record as it was read then. Of the resource there is what is kept: its id, its status, our words.

    Args:
        stored: the report as the record's body holds it.
    """
    given = stored.get("given", {})
    report: Json = {"resourceType": "DiagnosticReport", "id": stored["id"], "status": stored["status"]}
    if "held" in given:
        report["conclusion"] = given["held"]
    regions = given.get("regions")
    return ReadReport(
        report=report,
        facts=facts_from_json(stored["facts"]),
        silent=given.get("silent", ""),
        unread=given.get("unread", ""),
        source=Source(*given["source"]) if "source" in given else None,
        regions=None if regions is None else frozenset(regions),
    )
