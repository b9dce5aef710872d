"""The card when a chart is opened: what its newest imaging points to, and what the work-up still lacks."""

from cds_service.core.cards.card import SUMMARY_LENGTH, Card, Seen, Speaker
from cds_service.core.cards.differential import differential_detail, orderable, proposed
from cds_service.core.markdown import cut
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
    names = ", ".join(speaker.name(outcome.etiology) for outcome in likely)
    tests = ", ".join(speaker.labels.orders[test.lab].name for test in missing)
    told = "both" if names and tests else "likely" if names else "missing"
    return Card(
        kind="work-up",
        summary=cut(words.say(f"summary.{told}", names=names, tests=tests), SUMMARY_LENGTH),
        detail=differential_detail(speaker, seen),
        indicator=words.say("indicator"),
        appended="",
        orders=proposed(speaker, seen),
    )
