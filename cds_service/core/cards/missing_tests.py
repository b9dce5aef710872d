"""The card when an order is signed that concerns a soft tissue calcification: the tests that nobody has ordered yet."""

from cds_service.core.cards.card import EVIDENCE_LENGTH, Card, Seen, Speaker, reviewed, where_of
from cds_service.core.cards.chart_line import chart_line
from cds_service.core.cards.differential import missing_tests, proposed
from cds_service.core.evidence import describe, is_denied, lesion_of
from cds_service.core.markdown import bullets, cut, escape


def missing_tests_card(speaker: Speaker, seen: Seen) -> Card | None:
    """The card, or None where nothing is ranked or no test that could be ordered is missing."""
    orders = proposed(speaker, seen)
    if not seen.found.ranked or not orders:
        return None
    words, differential = speaker.words.missing_tests, speaker.words.differential
    in_play = [
        words.say("named", name=speaker.name(outcome.etiology), tier=differential.say(f"tiers.{outcome.tier}"))
        for outcome in seen.found.ranked
    ]
    parts = [
        speaker.read_from(seen.source) if seen.source is not None else "",
        bullets(_seen_lines(speaker, seen)),
        words.say("in_play", names=escape(", ".join(in_play))),
        missing_tests(speaker, seen),
        chart_line(speaker, seen.facts),
        words.say("limits", reviewed=reviewed(differential, (one.rule.reviewed for one in seen.found.ranked))),
    ]
    return Card(
        kind="missing-tests",
        summary=speaker.fitting([order.name for order in orders], lambda listed: words.say("summary", tests=listed)),
        detail="\n\n".join(filter(None, parts)),
        indicator=words.say("indicator"),
        appended="",
        orders=orders,
    )


def _seen_lines(speaker: Speaker, seen: Seen) -> list[str]:
    """What was seen, and where, that makes the first etiology one to think of: the words that meet its entry."""
    first = seen.found.ranked[0]
    lesion = lesion_of(seen.facts, first.lesion)
    asked = dict.fromkeys(ref for atom in first.rule.entry.atoms() for ref in atom.about if ref.startswith("finding:"))
    where = escape(where_of(speaker, seen.facts, first.lesion))
    told = [
        describe([ref], seen.facts, lesion, speaker.labels) for ref in asked if not is_denied(ref, seen.facts, lesion)
    ]
    return [
        speaker.words.missing_tests.say("seen", where=where, evidence=escape(cut(evidence, EVIDENCE_LENGTH)))
        for evidence in dict.fromkeys(filter(None, told))
    ]
