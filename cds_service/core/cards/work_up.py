"""The card when a chart is opened: what its newest imaging points to, and what the work-up still lacks."""

from cds_service.core.cards.card import Card, Seen, Speaker
from cds_service.core.cards.differential import differential_detail, orderable, proposed
from cds_service.core.cards.must_not_miss import must_not_miss_card
from cds_service.core.scoring import LIKELY


def work_up_card(speaker: Speaker, seen: Seen) -> Card | None:
    """The card, or None where nothing is ranked, or the work-up is complete (or on order) and points nowhere."""
    words, ranked = speaker.words.work_up, seen.found.ranked
    if not ranked:
        return None
    missing = orderable(speaker, seen)
    likely = [outcome for outcome in ranked if outcome.tier == LIKELY]
    if not missing and not likely:
        return None
    return Card(
        kind="work-up",
        summary=_summary(speaker, [outcome.etiology for outcome in likely], [test.lab for test in missing]),
        detail=differential_detail(speaker, seen),
        indicator=words.say("indicator"),
        appended="",
        orders=proposed(speaker, seen),
    )


def alarm_at_opening(speaker: Speaker, seen: Seen) -> Card:
    """The card where a must-not-miss rule speaks: its words go before any test, and no test is proposed."""
    alarm = must_not_miss_card(speaker, seen.facts, seen.found)
    source = speaker.read_from(seen.source) if seen.source is not None else ""
    detail = "\n\n".join(filter(None, [source, alarm.detail]))
    return Card("work-up", alarm.summary, detail, speaker.words.work_up.say("indicator"), "", ())


def _summary(speaker: Speaker, likely: list[str], missing: list[str]) -> str:
    words = speaker.words.work_up
    names = [speaker.name(etiology) for etiology in likely]
    tests = [speaker.labels.orders[lab].name for lab in missing]
    if not names:
        return speaker.fitting(tests, lambda listed: words.say("summary.missing", tests=listed))
    if not tests:
        return speaker.fitting(names, lambda listed: words.say("summary.likely", names=listed))
    return speaker.fitting(tests, lambda listed: words.say("summary.both", names=names[0], tests=listed))
