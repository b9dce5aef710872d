"""The tables of an export: each column once, with its kind and meaning. All else follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    """What a column holds; each may be empty (null)."""

    TEXT = "string"
    WHOLE = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: as files have it.
        meaning: for whoever reads the file.
        kind: of its values.
        identifying: left out of a de-identified export, for it can say or lead to who the patient is.
    """

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    identifying: bool = False


CALL = Column("call", "The delivery; the same in every table. De-identified: a keyed hash that only this export has.")

TABLES: Mapping[str, tuple[Column, ...]] = {
    "calls": (
        CALL,
        Column("received", "When it came in, UTC. De-identified: the year, or a date moved by up to half a year."),
        Column("call_id", "The id of the call's page; a repeated call has the same.", identifying=True),
        Column("hook_instance", "The client's id of the call.", identifying=True),
        Column("patient", "Keyed hash of the patient id. De-identified: hashed again for this export."),
        Column("client", "Who called. De-identified: a keyed hash."),
        Column("service", "The CDS service that was called."),
        Column("hook", "Its hook."),
        Column("content_version", "The version of rules and wording that judged."),
        Column("outcome", "card, silent or refused."),
        Column("refused", "Why it was refused."),
        Column("cards", "How many cards were sent.", Kind.WHOLE),
        Column("leading_etiology", "The first etiology of the first report with a card."),
        Column("duration_us", "Microseconds from reading the body to the answer.", Kind.WHOLE),
    ),
    "reports": (
        CALL,
        Column("report", "Its place in the call, from 1.", Kind.WHOLE),
        Column("report_id", "The report's own id.", identifying=True),
        Column("silent", "Why no card tells its differential; empty where one does."),
        Column("age_years", "Whole years of age at the call. De-identified: 90 stands for 90 and more.", Kind.WHOLE),
        Column("sex", "As the chart says."),
        Column("next_tests", "The tests that would tell most, best first, separated by spaces."),
        Column("must_not_miss", "The must-not-miss rules that spoke, separated by spaces."),
    ),
    "outcomes": (
        CALL,
        Column("report", "The report's place in the call.", Kind.WHOLE),
        Column("rule", "The rule's id."),
        Column("rule_version", "Its version."),
        Column("status", "Its status in the content that judged: active or shadow."),
        Column("tier", "likely, possible, not shown, excluded or no entry."),
        Column("rank", "Its place in the ranking that was told, from 1; empty where it was not.", Kind.WHOLE),
        Column("low", "The score if every missing test spoke against it, in points.", Kind.WHOLE),
        Column("score", "The score, in points (doublings of the odds).", Kind.WHOLE),
        Column("high", "The score if every missing test spoke for it, in points.", Kind.WHOLE),
        Column("entry", "Whether its entry criterion is met."),
        Column("region", "The region of the lesion that was judged."),
        Column("met", "The items that are met, separated by spaces; a star marks those that counted."),
        Column("unknown", "The items that are unknown, separated by spaces."),
    ),
    "labs": (
        CALL,
        Column("report", "The report's place in the call.", Kind.WHOLE),
        Column("lab", "The lab's id."),
        Column("low", "The least value that the result allows, in the lab's unit.", Kind.NUMBER),
        Column("high", "The largest value that it allows; equal to `low` for an exact result.", Kind.NUMBER),
        Column("unit", "The lab's unit (UCUM)."),
        Column("word", "What was reported instead of a number."),
        Column("range_low", "The lower limit of normal that applied.", Kind.NUMBER),
        Column("range_high", "The upper limit of normal that applied.", Kind.NUMBER),
        Column("age_days", "Days from the result to the call.", Kind.WHOLE),
        Column("missing", "Why there is no result to judge by; empty where there is one."),
        Column("sent", "The value as it was sent.", identifying=True),
        Column("effective", "When the specimen was taken, as sent.", identifying=True),
        Column("resource", "The Observation.", identifying=True),
    ),
    "statements": (
        CALL,
        Column("report", "The report's place in the call.", Kind.WHOLE),
        Column("source", "report or history."),
        Column("concept", "The finding's or history entry's id."),
        Column("state", "present, denied or uncertain."),
        Column("region", "The lesion's region; empty for the patient as a whole."),
        Column("side", "right, left or both."),
        Column("words", "The words that state it.", identifying=True),
        Column("resource", "Where they stand.", identifying=True),
    ),
    "set_aside": (
        CALL,
        Column("report", "The report's place in the call; empty for the call as a whole.", Kind.WHOLE),
        Column("kind", "The type of what was set aside."),
        Column("reason", "Why."),
        Column("count", "Of how many things this speaks.", Kind.WHOLE),
        Column("resource", "What was set aside.", identifying=True),
    ),
    "feedback": (
        CALL,
        Column("card", "The card's kind."),
        Column("outcome", "accepted or overridden."),
        Column("reason", "The override reason's code. De-identified: only codes that the card offered, else `other`."),
        Column("suggestions_taken", "How many of the card's suggestions were taken.", Kind.WHOLE),
        Column("received", "When it came, UTC. De-identified: as for calls."),
        Column("comment", "The clinician's own words.", identifying=True),
    ),
}


def columns_of(table: str, *, identified: bool) -> tuple[Column, ...]:
    """The columns that an export of this kind has."""
    return tuple(column for column in TABLES[table] if identified or not column.identifying)


def row_schema(table: str, *, identified: bool) -> Json:
    """One row of a table as JSON Schema."""
    columns = columns_of(table, identified=identified)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns],
        "properties": {
            column.name: {"type": [str(column.kind), "null"], "description": column.meaning} for column in columns
        },
    }
