"""Which card a moment asks for."""

from cds_service.core.cards.card import Card, Seen, Speaker
from cds_service.core.cards.differential import differential_card
from cds_service.core.cards.manner import Manner
from cds_service.core.cards.missing_tests import missing_tests_card
from cds_service.core.cards.work_up import alarm_at_opening, work_up_card


def card_of(manner: Manner, speaker: Speaker, seen: Seen) -> Card | None:
    """The one card that may be said of what was seen; None for silence. Must-not-miss speaks beside it."""
    if manner.speaks_once and seen.found.spoken:
        return alarm_at_opening(speaker, seen) if manner is Manner.OPENING else None
    if manner is Manner.OPENING:
        return work_up_card(speaker, seen)
    if manner is Manner.ORDERING:
        return missing_tests_card(speaker, seen)
    return differential_card(speaker, seen, manner)
