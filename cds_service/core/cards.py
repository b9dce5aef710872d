"""The differential and must-not-miss cards: what they say, as values that know nothing of JSON or FHIR."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby

from cds_service.core.differential import Differential, Spoken, moved_behind
from cds_service.core.evaluate import Outcome, facts_asked
from cds_service.core.evidence import describe, facts_there, lesion_of, states_presence
from cds_service.core.facts import Facts, Lesion
from cds_service.core.labels import Labels, LabOrder
from cds_service.core.markdown import bullets, cut, escape, table
from cds_service.core.next_tests import NextTest
from cds_service.core.rules import Etiology, Item, RuleSet
from cds_service.core.scoring import SHOWN
from cds_service.core.wording import CardWords, Wording

SUMMARY_LENGTH = 139
"""CDS Hooks: one sentence of fewer than 140 characters."""

EXPLAINED, TESTS_NAMED, ORDERS_PROPOSED, EVIDENCE_LENGTH = 3, 3, 3, 220
"""How much of the differential a card spells out; the call's page has all of it."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card, before it becomes JSON.

    Attributes:
        kind: "differential" or "must-not-miss".
        appended: the text that the update suggestion appends to the draft's conclusion; "" for none.
        orders: the missing tests to propose orders for.
    """

    kind: str
    summary: str
    detail: str
    indicator: str
    appended: str
    orders: tuple[LabOrder, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """What card texts are made from, besides the call itself."""

    rules: RuleSet
    labels: Labels
    words: CardWords

    def title(self, etiology: str) -> str:
        """The etiology's name by itself."""
        return self.rules.named(etiology).name

    def full_title(self, etiology: str) -> str:
        """The document's name with the one in use today, where that is another."""
        known = self.rules.named(etiology)
        if known.modern_name.casefold() == known.name.casefold():
            return known.name
        return self.words.differential.say("today", name=known.name, modern=known.modern_name)

    def name(self, etiology: str) -> str:
        """The etiology's name within a sentence: without the capital, unless it is an abbreviation."""
        title = self.title(etiology)
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def differential_card(speaker: Speaker, facts: Facts, found: Differential, ordered: frozenset[str]) -> Card:
    """The card of one report's differential.

    Args:
        speaker: rules, names and wording.
        facts: the call's facts.
        found: the differential; its `ranked` must not be empty.
        ordered: the labs that are already on order.
    """
    words = speaker.words.differential
    tests = tuple(test for test in found.next_tests if test.lab in speaker.labels.orders and test.lab not in ordered)
    parts = [_ranking(speaker, facts, found)]
    parts += [_explained(speaker, facts, outcome, found) for outcome in found.ranked[:EXPLAINED]]
    parts.append(_missing(speaker, facts, tests, found))
    best = found.ranked[0]
    parts.append("> " + words.say("document", name=speaker.name(best.etiology), quote=escape(best.rule.quote)))
    if facts.set_aside:
        parts.append(words.say("set_aside", count=sum(item.count for item in facts.set_aside)))
    parts.append(words.say("limits", reviewed=reviewed(words, (outcome.rule.reviewed for outcome in found.ranked))))
    orders = tuple(speaker.labels.orders[test.lab] for test in tests[:ORDERS_PROPOSED])
    return Card(
        kind="differential",
        summary=_summary(speaker, found.ranked),
        detail="\n\n".join(parts),
        indicator=words.say("indicator"),
        appended=_conclusion(speaker, facts, found, orders),
        orders=orders,
    )


def reviewed(words: Wording, reviewers: Iterable[str]) -> str:
    """Who signed the rules, or that nobody did."""
    named = [name for name in dict.fromkeys(reviewers) if name != "none"]
    return words.say("reviewed.some", names="; ".join(named)) if named else words.say("reviewed.none")


def _summary(speaker: Speaker, ranked: tuple[Outcome, ...]) -> str:
    words = speaker.words.differential
    tier = ranked[0].tier
    names = [speaker.name(outcome.etiology) for outcome in ranked if outcome.tier == tier]
    for named in range(len(names), 0, -1):
        listed = ", ".join(names[:named])
        if named < len(names):
            listed = words.say("summary.more", names=listed, count=len(names) - named)
        sentence = words.say(f"summary.{tier}", names=listed)
        if len(sentence) <= SUMMARY_LENGTH:
            return sentence
    return cut(words.say(f"summary.{tier}", names=names[0]), SUMMARY_LENGTH)


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
                escape(_where(speaker, facts, outcome.lesion)),
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


def _where(speaker: Speaker, facts: Facts, lesion_id: str) -> str:
    lesion = lesion_of(facts, lesion_id)
    return lesion.label if lesion is not None else speaker.words.common.say("site_not_stated")


def _explained(speaker: Speaker, facts: Facts, outcome: Outcome, found: Differential) -> str:
    words = speaker.words.differential
    lines = []
    narrower = moved_behind(outcome, found.ranked, speaker.rules.etiologies)
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


def _missing(speaker: Speaker, facts: Facts, tests: tuple[NextTest, ...], found: Differential) -> str:
    words = speaker.words.differential
    if not tests:
        return words.say("missing.nothing") if not found.next_tests else ""
    lines = [_test(speaker, facts, test) for test in tests[:TESTS_NAMED]]
    return words.say("missing.heading") + "\n\n" + bullets(lines)


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
    where = _where(speaker, facts, found.ranked[0].lesion)
    text = words.say("conclusion.differential", where=where, parts="; ".join(parts))
    if orders:
        text += " " + words.say("conclusion.recommend", tests=", ".join(order.name for order in orders))
    return text


def must_not_miss_card(speaker: Speaker, facts: Facts, found: Differential) -> Card:
    """The one card of all must-not-miss rules that speak; `found.spoken` must not be empty."""
    words = speaker.words.must_not_miss
    parts = []
    for spoken in found.spoken:
        lesion = lesion_of(facts, spoken.lesion)
        where = escape(_where(speaker, facts, spoken.lesion))
        parts.append(words.say("message", title=escape(spoken.alarm.title), where=where, message=spoken.alarm.message))
        parts.append(bullets(words.say("evidence", evidence=told) for told in _told(speaker, facts, spoken, lesion)))
        parts.append("> " + words.say("document", quote=escape(spoken.alarm.quote)))
    forbidden = dict.fromkeys(name for spoken in found.spoken for name in spoken.alarm.forbids)
    if forbidden:
        parts.append(words.say("forbids", names=", ".join(words.say(f"forbidden.{name}") for name in forbidden)))
    reviewers = (spoken.alarm.reviewed for spoken in found.spoken)
    parts.append(words.say("limits", reviewed=reviewed(words, reviewers)))
    return Card("must-not-miss", _alarm_summary(words, found), "\n\n".join(parts), words.say("indicator"), "", ())


def _told(speaker: Speaker, facts: Facts, spoken: Spoken, lesion: Lesion | None) -> list[str]:
    """The facts that a trigger asks for and that speak for it, each by name."""
    told = []
    for ref in dict.fromkeys(ref for atom in spoken.alarm.trigger.atoms() for ref in atom.about):
        if states_presence(ref, facts, lesion):
            name = speaker.labels.findings.get(ref.removeprefix("finding:"), "")
            evidence = escape(cut(describe([ref], facts, lesion, speaker.labels), EVIDENCE_LENGTH))
            told.append(f"{name}: {evidence}" if name else evidence)
    return told


def _alarm_summary(words: Wording, found: Differential) -> str:
    title = found.spoken[0].alarm.title
    if len(found.spoken) > 1:
        title = words.say("summary.more", title=title, count=len(found.spoken) - 1)
    return cut(words.say("summary.one", title=title), SUMMARY_LENGTH)


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
