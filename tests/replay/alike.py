"""Replays what a test has recorded, by the content that judged it: nothing may come out otherwise, to the byte."""

import json
from pathlib import Path
from typing import Any

from cds_service.audit.engine import open_engine
from cds_service.audit.record import AuditRecord, Outcome
from cds_service.audit.recorded import Recorded, Wanted
from cds_service.content.load import Content
from cds_service.replay.again import Judge

EVER = Wanted("", "9")
_ASIDE = ("given", "answered", "silent", "setAside")
"""What stands in a body beside reports and cards, and is not judged."""

Json = dict[str, Any]


def otherwise(record: AuditRecord, content: Content) -> list[str]:
    """What a replay says otherwise than the record, as texts of JSON; empty where all is alike."""
    kept = json.loads(json.dumps(record.body))
    judge = Judge(content, {content.version: content.snapshot})
    again = judge.again(AuditRecord(**{**{name: getattr(record, name) for name in record.__slots__}, "body": kept}))
    return [
        f"{one}\n{other}"
        for one, other in zip(_parts(kept), _parts(json.loads(json.dumps(again))), strict=True)
        if one != other
    ]


def _parts(body: Json) -> list[str]:
    """Each report and each card as bytes would be; of an echoed report only what is appended."""
    cards = [without_hash(card) for card in body["cards"]]
    aside = {key: value for key, value in body.items() if key not in ("reports", "cards", *_ASIDE)}
    return [json.dumps(part) for part in (len(cards), len(body["reports"]), *cards, *body["reports"], aside)]


def without_hash(card: Json) -> Json:
    """A card without the hash of the report that it echoes: what is appended stands beside it."""
    for suggestion in card.get("suggestions", ()):
        for action in suggestion["actions"]:
            action["resource"].pop("sha256", None)
    return card


def replayed(database: Path, content: Content) -> int:
    """How many calls of a SQLite record came out alike; those that another content judged are left out.

    Raises:
        AssertionError: one did not.
    """
    engine = open_engine(f"sqlite:///{database}", "FULL")
    recorded, count = Recorded(engine), 0
    found = recorded.found(EVER)
    for page in recorded.pages(EVER, 0, found.last, 100):
        for packed in page:
            record = packed.record()
            if record.content_version == content.version:
                assert record.outcome != Outcome.REFUSED
                assert otherwise(record, content) == []
                count += 1
    engine.dispose()
    return count
