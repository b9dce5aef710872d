"""A recorded call beside its replay: which cards come and go, which rules come out otherwise, and why."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cds_service.replay.deciding import NO_RULE, Decider, Judged, deciders, rule_id

Json = Mapping[str, Any]

GAINED, LOST, CHANGED, UNSEEN, SAME = "gained", "lost", "changed", "unseen", "same"
"""A card comes, goes, or says something else; rules come out otherwise and no card shows it; nothing is otherwise."""
RANKING, TIER, POINTS, TESTS, ALARM, WORDING = "ranking", "tier", "points", "tests", "alarm", "wording only"
_NO_OUTCOME = {"tier": NO_RULE, "score": [0, 0, 0], "entry": "s", "lesion": "", "cappedBy": "", "supports": "",
               "argues_against": "", "excludes": ""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule on one report.

    Attributes:
        rule: its id.
        report: the report's place in the call, from 0.
        was, now: the tiers.
        points: low, score and high, then and now.
        deciding: what made the difference.
    """

    rule: str
    report: int
    was: str
    now: str
    points: tuple[Sequence[int], Sequence[int]]
    deciding: tuple[Decider, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a replay says otherwise of one call.

    Attributes:
        kinds: of gained, lost, changed, unseen; empty where all is the same.
        what: what is otherwise about it: ranking, tier, points, tests, alarm, or wording only.
        gained, lost: kind and summary of the cards.
        changed: kind, summary then and summary now of the cards.
        rules: the rules that come out otherwise.
        silent: report by report, why it is silent then and now, where that changes.
        alarms: the must-not-miss rules that speak now and did not, or spoke and do no more.
    """

    kinds: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    gained: tuple[tuple[str, str], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()
    rules: tuple[RuleChange, ...] = ()
    silent: tuple[tuple[int, str, str], ...] = ()
    alarms: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As JSON values, without what is empty."""
        return {key: _plain(value) for key, value in asdict(self).items() if value}


def difference(was: Json, now: Json, then: Json | None, candidate: Json, *, whole: bool) -> Difference:
    """What is otherwise.

    Args:
        was: the body as recorded.
        now: the body as judged again.
        then: the snapshot of the content that judged; None where it is not on record.
        candidate: the snapshot of the content that judged again.
        whole: whether the record holds all that cards were made from; cards are compared only then.
    """
    rules = tuple(_rules(was, now, then or {}, candidate))
    what, alarms = tuple(_what(was, now, rules)), tuple(_alarms_moved(was, now))
    if not whole:
        seen = any(word != POINTS for word in what)
        return Difference(_kinds(((CHANGED, seen), (UNSEEN, rules and not seen))), what, rules=rules, alarms=alarms)
    before, after = _cards(was), _cards(now)
    gained = tuple(_named(after[uuid]) for uuid in after if uuid not in before)
    lost = tuple(_named(before[uuid]) for uuid in before if uuid not in after)
    changed = tuple(
        (*_named(card), str(after[uuid]["summary"]))
        for uuid, card in before.items()
        if uuid in after and _bytes(card) != _bytes(after[uuid])
    )
    silent = tuple(_silences(was, now))
    kinds = _kinds(((GAINED, gained), (LOST, lost), (CHANGED, changed)))
    if kinds and not what:
        what = (WORDING,)
    return Difference(kinds or _kinds(((UNSEEN, what or silent),)), what, gained, lost, changed, rules, silent, alarms)


def _kinds(found: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    return tuple(kind for kind, there in found if there)


def _plain(value: Any) -> Any:
    """Lists for tuples, so that what is counted now and what a state gives back are the same."""
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list | tuple) else value


def tiers(body: Json) -> Iterator[tuple[int, str, str]]:
    """The report's place, the rule and its tier, for every outcome of a body."""
    for place, report in enumerate(body["reports"]):
        for outcome in report["outcomes"]:
            yield place, rule_id(outcome), str(outcome["tier"])


def _cards(body: Json) -> dict[str, Json]:
    return {card["uuid"]: card for card in body["cards"]}


def _named(card: Json) -> tuple[str, str]:
    kinds = (value for key, value in card.get("extension", {}).items() if key.endswith(".kind"))
    return str(next(kinds, "")), str(card.get("summary", ""))


def _bytes(card: Json) -> str:
    """The card as bytes would be, but for the hash of an echoed report: what is appended to it stands beside it."""
    return json.dumps(card) if "suggestions" not in card else json.dumps(_without_hash(card))


def _without_hash(card: Json) -> Json:
    suggestions = [
        {**one, "actions": [{**action, "resource": _unhashed(action["resource"])} for action in one["actions"]]}
        for one in card["suggestions"]
    ]
    return {**card, "suggestions": suggestions}


def _unhashed(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key != "sha256"}


def _rules(was: Json, now: Json, then: Json, candidate: Json) -> Iterator[RuleChange]:
    for place, (before, after) in enumerate(zip(was["reports"], now["reports"], strict=True)):
        outcomes = [{rule_id(one): one for one in report["outcomes"]} for report in (before, after)]
        for rule in dict.fromkeys((*outcomes[0], *outcomes[1])):
            judged = [
                Judged(found.get(rule, _NO_OUTCOME), content.get("rules", {}).get(rule, {}), content.get("scoring", {}))
                for found, content in zip(outcomes, (then, candidate), strict=True)
            ]
            if any(judged[0].outcome[key] != judged[1].outcome[key] for key in ("tier", "score", "cappedBy")):
                yield _change(rule, place, judged[0], judged[1])


def _change(rule: str, place: int, was: Judged, now: Judged) -> RuleChange:
    tiers = str(was.outcome["tier"]), str(now.outcome["tier"])
    if NO_RULE in tiers:
        deciding: tuple[Decider, ...] = (Decider("", "new rule" if tiers[0] == NO_RULE else "rule gone"),)
    else:
        deciding = deciders(was, now)
    return RuleChange(rule, place, *tiers, (was.outcome["score"], now.outcome["score"]), deciding)


def _what(was: Json, now: Json, rules: tuple[RuleChange, ...]) -> Iterator[str]:
    """What of the differential is otherwise: of what is shown, but for the points, which any rule's may be."""
    pairs = list(zip(was["reports"], now["reports"], strict=True))
    if any(before["ranked"] != after["ranked"] for before, after in pairs):
        yield RANKING
    if any(_shown_tiers(before) != _shown_tiers(after) for before, after in pairs):
        yield TIER
    if rules:
        yield POINTS
    if any(_labs(before) != _labs(after) for before, after in pairs):
        yield TESTS
    if any(_alarms(before) != _alarms(after) for before, after in pairs):
        yield ALARM


def _shown_tiers(report: Json) -> set[tuple[str, str]]:
    shown = set(report["ranked"])
    return {(rule_id(one), one["tier"]) for one in report["outcomes"] if rule_id(one) in shown}


def _labs(report: Json) -> list[str]:
    return [test["lab"] for test in report["nextTests"]]


def _alarms(report: Json) -> set[str]:
    return {rule_id(alarm) for alarm in report["mustNotMiss"] if alarm["speaks"]}


def _alarms_moved(was: Json, now: Json) -> Iterator[tuple[str, str]]:
    before, after = (set().union(*(_alarms(report) for report in body["reports"])) for body in (was, now))
    yield from ((alarm, "speaks now") for alarm in sorted(after - before))
    yield from ((alarm, "speaks no more") for alarm in sorted(before - after))


def _silences(was: Json, now: Json) -> Iterator[tuple[int, str, str]]:
    for place, (before, after) in enumerate(zip(was["reports"], now["reports"], strict=True)):
        then, since = before.get("silent", ""), after.get("silent", "")
        if then != since:
            yield place, then, since
