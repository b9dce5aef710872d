"""One recorded call replayed: the line that tells of it, and what it adds to the counts."""

from dataclasses import dataclass
from typing import Any

from cds_service.audit.record import AuditRecord
from cds_service.audit.recorded import PackedCall
from cds_service.core.scoring import NO_ENTRY
from cds_service.replay.again import CannotReplay, Judge, kept_whole
from cds_service.replay.comparing import SAME, Difference, difference, tiers
from cds_service.replay.counts import Counts
from cds_service.replay.unsure import unsure_of

Json = dict[str, Any]

ELSEWHERE = "elsewhere"
"""Only rules that were not asked about come out otherwise."""
UNSURE = "unsure"
CANNOT = "cannot"
BEFORE_REPLAY = "before replay"


@dataclass(frozen=True)
class Replayer:
    """Replays calls with one content.

    Attributes:
        judge: with the content.
        rule: the only rule that is asked about; empty for all.
    """

    judge: Judge
    rule: str = ""

    def replay(self, packed: PackedCall, counts: Counts) -> Json | None:
        """Adds a call to the counts; the line that tells of it, None where there is nothing to tell."""
        record = packed.record()
        counts.add("calls")
        try:
            now = self.judge.again(record)
        except (CannotReplay, KeyError, TypeError, ValueError) as error:
            # Whatever a record of another time lacks: one call less is said, and the others go on.
            reason = (
                str(error) if isinstance(error, CannotReplay) else f"the record is incomplete ({type(error).__name__})"
            )
            counts.add(CANNOT)
            return {**_head(packed, record), "kinds": [CANNOT], "cannot": reason}
        return self._told(packed, record, now, counts)

    def _told(self, packed: PackedCall, record: AuditRecord, now: Json, counts: Counts) -> Json | None:
        then, content = self.judge.snapshots.get(record.content_version), self.judge.content
        whole = kept_whole(record)
        found = difference(record.body, now, then, content.snapshot, whole=whole)
        kinds = self._kinds(found)
        gaps = self.judge.gaps(record.content_version)
        unsure = sorted(unsure_of(record, now, content, gaps)) if gaps.unread else []
        self._count(record, now, found, kinds, counts)
        if unsure:
            counts.add(UNSURE)
        if not whole:
            counts.add(BEFORE_REPLAY)
        if kinds == (SAME,) and not unsure:
            return None
        told = {**_head(packed, record), **found.as_json(), "kinds": list(kinds)}
        if unsure:
            told["unsure"] = unsure
        if not whole:
            told["differentialOnly"] = True
        if ELSEWHERE not in kinds:
            counts.example([*(kind for kind in kinds if kind != SAME), *([UNSURE] if unsure else [])], told)
        return told

    def _kinds(self, found: Difference) -> tuple[str, ...]:
        if not found.kinds:
            return (SAME,)
        mine = not self.rule or self.rule in {
            *(change.rule for change in found.rules),
            *(alarm for alarm, _ in found.alarms),
        }
        return found.kinds if mine else (ELSEWHERE,)

    def _count(self, record: AuditRecord, now: Json, found: Difference, kinds: tuple[str, ...], counts: Counts) -> None:
        for kind in kinds:
            counts.add(kind)
        for word in found.what if ELSEWHERE not in kinds else ():
            counts.add(f"what: {word}")
        after = {(place, rule): tier for place, rule, tier in tiers(now)}
        for place, rule, tier in tiers(record.body):
            since = after.get((place, rule), "no rule")
            if self.rule in ("", rule) and (tier, since) != (NO_ENTRY, NO_ENTRY):
                counts.tier(rule, tier, since)
        before = {(place, rule) for place, rule, _ in tiers(record.body)}
        for (place, rule), tier in after.items():
            if (place, rule) not in before and self.rule in ("", rule) and tier != NO_ENTRY:
                counts.tier(rule, "no rule", tier)
        for change in found.rules:
            if self.rule in ("", change.rule):
                counts.deciding(change.rule, [decider.told for decider in change.deciding])
        for alarm, told in found.alarms:
            if self.rule in ("", alarm):
                counts.deciding(alarm, [told])


def _head(packed: PackedCall, record: AuditRecord) -> Json:
    return {
        "call": record.call_id,
        "seq": packed.seq,
        "receivedAt": record.received_at,
        "service": record.service,
        "client": record.client,
        "contentVersion": record.content_version,
    }
