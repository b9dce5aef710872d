"""The differential card: the ranked etiologies of one report, each with what speaks for and against it."""

from collections.abc import Mapping
from itertools import accumulate, groupby

from cds_service.core.cards.card import (
    EVIDENCE_LENGTH,
    EXPLAINED,
    ORDERS_PROPOSED,
    TESTS_NAMED,
    WEAK_NAMED,
    Card,
    Seen,
    Speaker,
    reviewed,
    where_of,
)
from cds_service.core.cards.chart_line import chart_line
from cds_service.core.cards.manner import Manner
from cds_service.core.differential import Differential, moved_behind
from cds_service.core.evaluate import Outcome, facts_asked
from cds_service.core.evidence import describe, facts_there, lesion_of
from cds_service.core.facts import Facts
from cds_service.core.labels import LabOrder
from cds_service.core.markdown import bullets, cut, escape, table
from cds_service.core.next_tests import NextTest
from cds_service.core.rules import Etiology, Item
from cds_service.core.scoring import SHOWN


def differential_card(speaker: Speaker, seen: Seen, manner: Manner) -> Card | None:
    """The card of one report's differential; None where there is nothing to name.

    Only who signs can change the report, so only then does the card offer to. Who asks for help hears of weak evidence,
    too.
    """
    words, found = speaker.words.differential, seen.found
    weak = found.weak[:WEAK_NAMED] if manner is Manner.ASSISTING else ()
    if not found.ranked and not weak:
        return None
    orders = proposed(speaker, seen)
    return Card(
        kind="differential",
        summary=_summary(speaker, found.ranked) if found.ranked else _weak_summary(speaker, weak),
        detail=differential_detail(speaker, seen, weak),
        indicator=words.say("indicator"),
        appended=_conclusion(speaker, seen.facts, found, orders) if found.ranked and manner.edits else "",
        orders=orders,
    )


def differential_detail(speaker: Speaker, seen: Seen, weak: tuple[Outcome, ...] = ()) -> str:
    """The detail of a card that shows the whole differential, as Markdown."""
    words, facts, found = speaker.words.differential, seen.facts, seen.found
    parts = [speaker.read_from(seen.source)] if seen.source is not None else []
    if found.ranked:
        parts.append(_ranking(speaker, facts, found))
        parts += [_explained(speaker, facts, outcome, found) for outcome in found.ranked[:EXPLAINED]]
    if weak:
        told = [_explained(speaker, facts, outcome, found) for outcome in weak]
        parts += [words.say("weak.heading"), *told]
    parts.append(missing_tests(speaker, seen) if found.ranked else "")
    best = (*found.ranked, *weak)[0]
    parts.append("> " + words.say("document", name=speaker.name(best.etiology), quote=escape(best.rule.quote)))
    parts.append(chart_line(speaker, facts))
    if facts.set_aside:
        parts.append(words.say("set_aside", count=sum(item.count for item in facts.set_aside)))
    if seen.unread:
        parts.append(speaker.words.common.say("unread", count=seen.unread))
    signed = (outcome.rule.reviewed for outcome in (*found.ranked, *weak))
    parts.append(words.say("limits", reviewed=reviewed(words, signed)))
    return "\n\n".join(filter(None, parts))


def orderable(speaker: Speaker, seen: Seen) -> tuple[NextTest, ...]:
    """The missing tests that can be ordered on their own and are not on order yet, the most telling first."""
    orders = speaker.labels.orders
    return tuple(test for test in seen.found.next_tests if test.lab in orders and test.lab not in seen.ordered)


def proposed(speaker: Speaker, seen: Seen) -> tuple[LabOrder, ...]:
    """The orders that a card proposes."""
    return tuple(speaker.labels.orders[test.lab] for test in orderable(speaker, seen)[:ORDERS_PROPOSED])


def missing_tests(speaker: Speaker, seen: Seen) -> str:
    """What is missing and what it would change; empty where all that is missing is on order."""
    words, tests = speaker.words.differential, orderable(speaker, seen)
    if not tests:
        return words.say("missing.nothing") if not seen.found.next_tests else ""
    lines = [_test(speaker, seen.facts, test) for test in tests[:TESTS_NAMED]]
    return words.say("missing.heading") + "\n\n" + bullets(lines)


def _weak_summary(speaker: Speaker, weak: tuple[Outcome, ...]) -> str:
    names = [speaker.name(outcome.etiology) for outcome in weak]
    return speaker.fitting(names, lambda listed: speaker.words.differential.say("weak.summary", names=listed))


def _summary(speaker: Speaker, ranked: tuple[Outcome, ...]) -> str:
    words, tier = speaker.words.differential, ranked[0].tier
    names = [speaker.name(outcome.etiology) for outcome in ranked if outcome.tier == tier]
    return speaker.fitting(names, lambda listed: words.say(f"summary.{tier}", names=listed))


def _ranking(speaker: Speaker, facts: Facts, found: Differential) -> str:
    words = speaker.words.differential
    head = [words.say(f"table.{column}") for column in ("rank", "etiology", "tier", "points", "range", "where")]
    rows = []
    for outcome, place in zip(found.ranked, places(found.ranked, speaker.rules.etiologies), strict=True):
        rows.append(
            [
                place,
                escape(speaker.title(outcome.etiology)),
                words.say(f"tiers.{outcome.tier}"),
                str(outcome.score),
                f"{outcome.low} … {outcome.high}" if outcome.low < outcome.high else str(outcome.score),
                escape(where_of(speaker, facts, outcome.lesion)),
            ]
        )
    return table(head, rows)


def places(ranked: tuple[Outcome, ...], etiologies: Mapping[str, Etiology]) -> list[str]:
    """Places in the ranking; equal tier and score share a place, marked "=", rather than hide behind a tie-break.

    A broader name that was moved behind a narrower one has a place of its own.
    """
    keys = [(one.tier, one.score, moved_behind(one, ranked, etiologies)) for one in ranked]
    runs = [len(list(run)) for _, run in groupby(keys)]
    firsts = accumulate(runs, initial=1)
    return [f"{'=' if run > 1 else ''}{first}" for run, first in zip(runs, firsts, strict=False) for _ in range(run)]


def _explained(speaker: Speaker, facts: Facts, outcome: Outcome, found: Differential) -> str:
    words = speaker.words.differential
    lines = []
    is_ranked = outcome in found.ranked
    narrower = moved_behind(outcome, found.ranked, speaker.rules.etiologies) if is_ranked else ""
    if narrower:
        lines.append(words.say("behind", narrower=escape(speaker.name(narrower))))
    if outcome.capped_by:
        lines.append(words.say("capped", lab=escape(speaker.labels.labs[outcome.capped_by])))
    counted = {key: _counted(outcome, items) for key, items in _sides(outcome)}
    for key, items in counted.items():
        sign = "+" if key == "for" else "−"
        told = [_item(speaker, facts, outcome, item, sign) for item in items]
        lines += [words.say(key, evidence=evidence) for evidence in told]
    if not counted["against"]:
        lines.append(words.say("nothing_against"))
    lines += _disputed(speaker, facts, outcome)
    heading = words.say(
        "heading" if outcome.low < outcome.high else "heading_known",
        name=escape(speaker.full_title(outcome.etiology)),
        tier=words.say(f"tiers.{outcome.tier}"),
        points=outcome.score,
        low=outcome.low,
        high=outcome.high,
    )
    return heading + "\n\n" + bullets(lines)


def _disputed(speaker: Speaker, facts: Facts, outcome: Outcome) -> list[str]:
    """One line for each finding behind the entry or a counted item of which text and code say different things."""
    lesion = lesion_of(facts, outcome.lesion)
    found = {**facts.findings, **(lesion.findings if lesion is not None else {})}
    asked = [ref for atom in outcome.rule.entry.atoms() for ref in atom.about]
    asked += [ref for _, items in _sides(outcome) for item in _counted(outcome, items) for ref in facts_asked(item)]
    names = (ref.removeprefix("finding:") for ref in asked if ref.startswith("finding:"))
    return [
        speaker.words.differential.say(
            "disputed",
            finding=escape(speaker.labels.findings.get(name, name)),
            state=found[name].state,
            by=escape(", ".join(dict.fromkeys(span.resource for span in found[name].spans))),
            other=other.state,
            other_by=escape(other.span.resource),
        )
        for name in dict.fromkeys(names)
        if name in found
        for other in found[name].disputed_by()
    ]


def _sides(outcome: Outcome) -> tuple[tuple[str, tuple[Item, ...]], ...]:
    return ("for", outcome.rule.supports), ("against", outcome.rule.argues_against)


def _counted(outcome: Outcome, items: tuple[Item, ...]) -> list[Item]:
    """The items that count, the heaviest first."""
    return sorted((item for item in items if item.id in outcome.counted), key=lambda item: -item.weight)


def _item(speaker: Speaker, facts: Facts, outcome: Outcome, item: Item, sign: str) -> str:
    lesion = lesion_of(facts, outcome.lesion)
    there = facts_there(facts, lesion)
    evidence = describe(filter(there.__contains__, facts_asked(item)), facts, lesion, speaker.labels)
    values = {"label": escape(item.label), "points": f"{sign}{item.weight}", "basis": item.basis}
    if not evidence:
        return speaker.words.differential.say("item_bare", **values)
    return speaker.words.differential.say("item", **values, evidence=escape(cut(evidence, EVIDENCE_LENGTH)))


def _test(speaker: Speaker, facts: Facts, test: NextTest) -> str:
    words = speaker.words.differential
    values = {"test": escape(speaker.labels.orders[test.lab].name), "state": str(facts.missing_labs.get(test.lab, ""))}
    if len(test.leaders) > 1:
        return words.say("missing.leaders", **values, leaders=" or ".join(map(speaker.name, test.leaders)))
    return words.say("missing.moves", **values, moved=", ".join(map(speaker.name, test.moved)))


def _conclusion(speaker: Speaker, facts: Facts, found: Differential, orders: tuple[LabOrder, ...]) -> str:
    words = speaker.words.differential
    parts = []
    for tier in SHOWN:
        names = [speaker.name(outcome.etiology) for outcome in found.ranked if outcome.tier == tier]
        if names:
            parts.append(words.say(f"conclusion.{tier}", names=", ".join(names)))
    where = where_of(speaker, facts, found.ranked[0].lesion)
    text = words.say("conclusion.differential", where=where, parts="; ".join(parts))
    if orders:
        text += " " + words.say("conclusion.recommend", tests=", ".join(order.name for order in orders))
    return text


def differential_list(found: Differential) -> list[dict[str, object]]:
    """The whole ranked list as every card of the report carries it in its extension."""
    return [
        {
            "etiology": outcome.etiology,
            "tier": outcome.tier,
            "rule": outcome.rule.ref,
            "score": {"low": outcome.low, "value": outcome.score, "high": outcome.high},
        }
        for outcome in found.ranked
    ]
