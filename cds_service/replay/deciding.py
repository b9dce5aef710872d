"""Why a rule comes out otherwise on the same facts: the items, weights and thresholds that made the difference.

It is worked out from two outcomes as the record writes them, each with the snapshot of the content that judged: nothing
of the engine is needed, and a recorded outcome is never judged anew to be explained.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cds_service.core.condition_words import words_from_json
from cds_service.core.rule_rows import VERDICTS

Json = Mapping[str, Any]

NO_RULE = "no rule"
"""The tier of a rule that one of the contents does not have."""
_SIDES = (("supports", 1), ("argues_against", -1), ("excludes", 0))
_MET, _UNKNOWN = "met", "unknown"


class Judged(NamedTuple):
    """One rule's outcome with what judged it.

    Attributes:
        outcome: as `audit.body.outcome_json` writes it.
        rule: of the content's snapshot; empty where the content is not on record.
        scoring: thresholds of the content's snapshot.
    """

    outcome: Json
    rule: Json
    scoring: Json


class Stand(NamedTuple):
    """Where an item stands: its verdict, its signed weight, whether it counted, whether it is defining, its condition.

    The condition is empty where the content is from before it was kept in words.
    """

    verdict: str
    weight: int
    counted: bool
    defining: bool
    condition: str

    @property
    def points(self) -> int:
        """What it adds to the score."""
        return self.weight if self.counted else 0


class Decider(NamedTuple):
    """One thing that made the difference; `item` is the item's id, or empty where it is none."""

    item: str
    told: str


def deciders(was: Judged, now: Judged) -> tuple[Decider, ...]:
    """What makes a rule come out otherwise, the items first."""
    if was.outcome["entry"] != now.outcome["entry"]:
        then, since = (VERDICTS[one.outcome["entry"]] for one in (was, now))
        return (Decider("", f"entry criterion: {then} → {since}"),)
    found = [*_items(was, now), *_frame(was, now)]
    if not found:
        # What the record does not hold: which kinds of evidence items count as, which answers an open question allows.
        moved = was.outcome["tier"] != now.outcome["tier"]
        found.append(
            Decider("", "items count as other kinds of evidence" if moved else "what is unknown reaches elsewhere")
        )
    return tuple(found)


def rule_id(outcome: Json) -> str:
    """The id in an outcome's rule reference."""
    return str(outcome["rule"]).partition("@")[0]


def _items(was: Judged, now: Judged) -> Iterator[Decider]:
    before, after = _stands(was), _stands(now)
    for item in dict.fromkeys((*before, *after)):
        told = _told(before.get(item), after.get(item))
        if told:
            yield Decider(item, f"{item}: {told}")


def _stands(judged: Judged) -> dict[str, Stand]:
    found: dict[str, Stand] = {}
    for side, sign in _SIDES:
        criteria = judged.rule.get(side, ())
        for criterion, letter in zip(criteria, judged.outcome[side], strict=False):
            verdict, weight = VERDICTS[letter.lower()], sign * criterion.get("weight", 0)
            counted = letter.isupper() or (not sign and verdict == _MET)
            condition = words_from_json(criterion["when"]).line if "when" in criterion else ""
            found[criterion["id"]] = Stand(verdict, weight, counted, criterion.get("defining", False), condition)
    return found


def _told(was: Stand | None, now: Stand | None) -> str:
    """What became of an item, where it matters for the points, for what is open, or for an exclusion."""
    if was is None or now is None:
        return _come_or_gone(was, now)
    parts = [f"{was.verdict} → {now.verdict}"] if was.verdict != now.verdict else []
    if was.weight != now.weight and _matters(was, now):
        parts.append(f"weight {was.weight:+d} → {now.weight:+d}")
    if was.verdict == now.verdict and was.counted != now.counted:
        parts.append("counts now" if now.counted else "counts no more, another of its domain does")
    if was.defining != now.defining and (was.counted or now.counted):
        parts.append("defining now" if now.defining else "defining no more")
    if parts and was.condition and now.condition and was.condition != now.condition:
        parts.append(f"“{was.condition}” → “{now.condition}”")
    return ", ".join(parts)


def _come_or_gone(was: Stand | None, now: Stand | None) -> str:
    there, word = (now, "new") if was is None else (was, "gone")
    if there is None or not _may_matter(there):
        return ""
    points = f", {there.points:+d}" if there.points else ""
    return f"{word}, {there.verdict}{points}"


def _matters(was: Stand, now: Stand) -> bool:
    return _may_matter(was) or _may_matter(now)


def _may_matter(stand: Stand) -> bool:
    return stand.counted or stand.verdict == _UNKNOWN


def _frame(was: Judged, now: Judged) -> Iterator[Decider]:
    """What is no item: prior, thresholds, the lab that holds back, the lesion, the rule's status."""
    for name in ("prior", "status"):
        then, since = was.rule.get(name), now.rule.get(name)
        if then is not None and since is not None and then != since:
            yield Decider("", f"{name}: {then} → {since}")
    for name, word in (("likely", "likely from"), ("possible", "possible from"), ("kinds", "kinds of evidence")):
        then, since = was.scoring.get(name), now.scoring.get(name)
        if then is not None and since is not None and then != since:
            yield Decider("", f"{word}: {then} → {since}")
    then, since = was.outcome["cappedBy"], now.outcome["cappedBy"]
    if then != since:
        yield Decider("", f"held back by {then or 'nothing'} → {since or 'nothing'}")
    if was.outcome["lesion"] != now.outcome["lesion"]:
        yield Decider("", f"best at {was.outcome['lesion'] or 'no lesion'} → {now.outcome['lesion'] or 'no lesion'}")
