"""Answers as they are recorded, and their replay by a candidate, in this process."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cds_service.audit.record import AuditRecord
from cds_service.audit.recorded import PackedCall
from cds_service.content.load import Content
from cds_service.replay.again import Judge
from cds_service.replay.counts import Counts
from cds_service.replay.one import Replayer
from tests.scenarios.asking import CONTENT, ask, hook_request

EGFR = "mL/min/{1.73_m2}"
MASS = "Large lobulated calcified mass about the right hip with fluid-calcium levels."
SARCOMA = "Enlarging calcified soft tissue mass of the thigh, 9 cm, with cortical destruction of the femur."

Json = dict[str, Any]


def recorded(text: str, **chart: Any) -> AuditRecord:
    """The record of an answered call."""
    return ask(hook_request(text, **chart)).record


def recorded_by(content: Content, record: AuditRecord) -> AuditRecord:
    """The record that the same call would have, had this content answered it."""
    body = Judge(content, {record.content_version: CONTENT.snapshot}).again(record)
    return replace(record, content_version=content.version, body={**body, "given": record.body["given"]})


def packed(record: AuditRecord, seq: int = 1) -> PackedCall:
    """The record as the store gives it."""
    columns = {name: getattr(record, name) for name in record.__slots__ if name != "body"}
    return PackedCall(seq, columns, zlib.compress(json.dumps(record.body).encode()))


def told(
    record: AuditRecord, content: Content, snapshots: Mapping[str, Json] | None = None, rule: str = ""
) -> tuple[Json, Counts]:
    """What a replay tells of a call, and what it counts; nothing told is an empty line."""
    then = {CONTENT.version: CONTENT.snapshot} if snapshots is None else snapshots
    counts = Counts()
    line = Replayer(Judge(content, dict(then)), rule).replay(packed(record), counts)
    return json.loads(json.dumps(line or {})), counts


def without_given(record: AuditRecord) -> AuditRecord:
    """The record as it would be from before replay."""
    body = {key: value for key, value in record.body.items() if key != "given"}
    reports = [{key: value for key, value in one.items() if key != "given"} for one in body["reports"]]
    return replace(record, body={**body, "reports": reports})


def deciding(line: Json, rule: str) -> list[str]:
    """What made the difference to a rule, on the call's first report."""
    changes = [change for change in line.get("rules", ()) if change["rule"] == rule]
    return [decider[1] for decider in changes[0]["deciding"]] if changes else []
